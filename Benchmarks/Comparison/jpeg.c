/* libjpeg-turbo in memory, for ../compare: jpeg decode DENOMINATOR FILE REPEATS, or jpeg encode QUALITY FILE REPEATS (4:2:0, standard tables).
   Prints the median in milliseconds. */
#include "timing.h"
#include <jpeglib.h>

static unsigned char *pixels;
static int width, height, channels;

static void decode(const unsigned char *bytes, size_t count, int denominator) {
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    info.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&info);
    jpeg_mem_src(&info, bytes, count);
    jpeg_read_header(&info, TRUE);
    info.scale_num = 1;
    info.scale_denom = denominator;
    jpeg_start_decompress(&info);
    width = info.output_width, height = info.output_height, channels = info.output_components;
    size_t stride = (size_t)width * channels;
    if (!pixels) pixels = malloc(stride * height);
    while (info.output_scanline < info.output_height) {
        JSAMPROW rows[16];
        for (int i = 0; i < 16; i++) rows[i] = pixels + stride * (info.output_scanline + i);
        jpeg_read_scanlines(&info, rows, height - info.output_scanline < 16 ? height - info.output_scanline : 16);
    }
    jpeg_finish_decompress(&info);
    jpeg_destroy_decompress(&info);
}

static void encode(int quality) {
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    unsigned char *out = NULL;
    unsigned long size = 0;
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &out, &size);
    info.image_width = width, info.image_height = height, info.input_components = channels;
    info.in_color_space = channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, quality, TRUE);
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
        JSAMPROW row = pixels + (size_t)width * channels * info.next_scanline;
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    free(out);
}

int main(int count, char **words) {
    if (count != 5) return 2;
    size_t size;
    unsigned char *bytes = contents(words[3], &size);
    int number = atoi(words[2]);
    if (words[1][0] == 'd') {
        MEASURE(atoi(words[4]), decode(bytes, size, number));
    } else {
        decode(bytes, size, 1);
        MEASURE(atoi(words[4]), encode(number));
    }
}
