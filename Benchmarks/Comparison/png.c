/* libpng in memory, for ../compare: png FILE REPEATS. Palettes become RGB. Prints the median in milliseconds. */
#include "timing.h"
#include <png.h>

static unsigned char *pixels;

static void decode(const unsigned char *bytes, size_t count) {
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(&image, bytes, count)) exit(1);
    image.format = image.format & PNG_FORMAT_FLAG_ALPHA ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
    if (!pixels) pixels = malloc(PNG_IMAGE_SIZE(image));
    if (!png_image_finish_read(&image, NULL, pixels, 0, NULL)) exit(1);
}

int main(int count, char **words) {
    if (count != 3) return 2;
    size_t size;
    unsigned char *bytes = contents(words[1], &size);
    MEASURE(atoi(words[2]), decode(bytes, size));
}
