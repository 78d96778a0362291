/* libpng in memory, for ../compare: png decode FILE REPEATS (palettes become RGB), or png encode FILE REPEATS (RGB; level 6, the filter of each
   line by libpng's rule). Prints the median in milliseconds. */
#include "timing.h"
#include <png.h>

static unsigned char *pixels;
static png_image image;

static void decode(const unsigned char *bytes, size_t count, int rgb) {
    image = (png_image){.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(&image, bytes, count)) exit(1);
    image.format = !rgb && image.format & PNG_FORMAT_FLAG_ALPHA ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
    if (!pixels) pixels = malloc(PNG_IMAGE_SIZE(image));
    if (!png_image_finish_read(&image, NULL, pixels, 0, NULL)) exit(1);
}

static void forget(png_structp png, png_bytep bytes, size_t count) { (void)png, (void)bytes, (void)count; }
static void flush(png_structp png) { (void)png; }

static void encode(void) {
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    if (setjmp(png_jmpbuf(png))) exit(1);
    png_set_write_fn(png, NULL, forget, flush);
    png_set_IHDR(png, info, image.width, image.height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, 0, 0);
    png_set_compression_level(png, 6);
    png_set_filter(png, 0, PNG_ALL_FILTERS);
    png_write_info(png, info);
    for (unsigned y = 0; y < image.height; y++) png_write_row(png, pixels + (size_t)y * image.width * 3);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
}

int main(int count, char **words) {
    if (count != 4) return 2;
    size_t size;
    unsigned char *bytes = contents(words[2], &size);
    if (words[1][0] == 'd') {
        MEASURE(atoi(words[3]), decode(bytes, size, 0));
    } else {
        decode(bytes, size, 1);
        MEASURE(atoi(words[3]), encode());
    }
}
