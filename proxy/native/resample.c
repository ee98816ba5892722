/* Scales pictures of one byte a pixel, or of four: the rows of a result one by one, each from the rows of the source
 * that count for it and then from its columns. The filters, and which pixels they reach, are those of Pillow's
 * `resize`; the weights have 16 bits instead of 32, so that a processor multiplies sixteen at once, and add up to
 * exactly one.
 */
#include "weights.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && !defined(PLAIN)

/* Asked before anything that is compiled for AVX2 is called; elsewhere there is no `resample`. */
int can_resample(void)
{
    return __builtin_cpu_supports("avx2") != 0;
}

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2"))) /* by function, as gcc and clang understand it */
#define INLINE static inline __attribute__((always_inline)) AVX2
#define STEP 32 /* bytes of a row that are blended at once */

static uint8_t clipped(int32_t sum, int precision)
{
    sum >>= precision;
    return (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
}

/* Two weights that stand beside each other, again and again: what `madd` multiplies two rows with. */
INLINE __m256i pair_at(const int16_t *values)
{
    int32_t both;
    memcpy(&both, values, sizeof both);
    return _mm256_set1_epi32(both);
}

INLINE __m256i bytes_at(const uint8_t *place)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)place);
}

/* `STEP` bytes of a row, from `count` rows of which the next is `pitch` bytes behind. */
INLINE void blend_step(const uint8_t *rows, size_t pitch, const int16_t *values, int count, int precision,
                       uint8_t *result)
{
    __m256i zero = _mm256_setzero_si256(), a = _mm256_set1_epi32(1 << (precision - 1)), b = a, c = a, d = a;
    __m128i shift = _mm_cvtsi32_si128(precision);
    for (int row = 0; row < count; row += 2) {
        const uint8_t *here = rows + (size_t)row * pitch;
        /* Of an odd count the last row is read twice: behind its weight is a zero. */
        __m256i one = bytes_at(here), other = bytes_at(row + 1 < count ? here + pitch : here);
        __m256i weights = pair_at(values + row);
        __m256i low = _mm256_unpacklo_epi8(one, other), high = _mm256_unpackhi_epi8(one, other);
        a = _mm256_add_epi32(a, _mm256_madd_epi16(_mm256_unpacklo_epi8(low, zero), weights));
        b = _mm256_add_epi32(b, _mm256_madd_epi16(_mm256_unpackhi_epi8(low, zero), weights));
        c = _mm256_add_epi32(c, _mm256_madd_epi16(_mm256_unpacklo_epi8(high, zero), weights));
        d = _mm256_add_epi32(d, _mm256_madd_epi16(_mm256_unpackhi_epi8(high, zero), weights));
    }
    a = _mm256_packs_epi32(_mm256_sra_epi32(a, shift), _mm256_sra_epi32(b, shift));
    c = _mm256_packs_epi32(_mm256_sra_epi32(c, shift), _mm256_sra_epi32(d, shift));
    _mm256_storeu_si256((__m256i *)(void *)result, _mm256_packus_epi16(a, c));
}

static AVX2 void blend_few(const uint8_t *rows, size_t pitch, const int16_t *values, int count, int precision,
                           uint8_t *result, size_t bytes)
{
    for (size_t at = 0; at < bytes; at++) {
        int32_t sum = 1 << (precision - 1);
        for (int row = 0; row < count; row++)
            sum += values[row] * rows[(size_t)row * pitch + at];
        result[at] = clipped(sum, precision);
    }
}

static AVX2 void blend(const uint8_t *rows, size_t pitch, const int16_t *values, int count, int precision,
                       uint8_t *result, size_t bytes)
{
    if (bytes < STEP) {
        blend_few(rows, pitch, values, count, precision, result, bytes);
        return;
    }
    for (size_t at = 0; at + STEP <= bytes; at += STEP)
        blend_step(rows + at, pitch, values, count, precision, result + at);
    /* The last ones, some of them once more. */
    blend_step(rows + bytes - STEP, pitch, values, count, precision, result + bytes - STEP);
}

/* The sum of a pixel of the result, in eight parts. */
INLINE __m256i gathered(const uint8_t *pixels, const int16_t *values, const int groups)
{
    __m256i sum = _mm256_setzero_si256();
    for (int group = 0; group < groups; group++, pixels += GROUP, values += GROUP) {
        __m256i some = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(const void *)pixels));
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(some, bytes_at((const uint8_t *)values)));
    }
    return sum;
}

/* Four pixels of the result. */
INLINE int32_t gathered_four(const uint8_t *row, const int *first, const int16_t *values, const int stride,
                             int precision, const int groups)
{
    __m256i one = gathered(row + first[0], values, groups), two = gathered(row + first[1], values + stride, groups);
    __m256i three = gathered(row + first[2], values + 2 * stride, groups);
    __m256i four = gathered(row + first[3], values + 3 * stride, groups);
    __m256i parts = _mm256_hadd_epi32(_mm256_hadd_epi32(one, two), _mm256_hadd_epi32(three, four));
    __m128i sums = _mm_add_epi32(_mm256_castsi256_si128(parts), _mm256_extracti128_si256(parts, 1));
    sums = _mm_add_epi32(sums, _mm_set1_epi32(1 << (precision - 1)));
    sums = _mm_sra_epi32(sums, _mm_cvtsi32_si128(precision));
    return _mm_cvtsi128_si32(_mm_packus_epi16(_mm_packs_epi32(sums, sums), sums));
}

static AVX2 void gather_few(const uint8_t *row, const struct weights *across, int wanted, uint8_t *result)
{
    for (int at = 0; at < wanted; at++) {
        int32_t sum = 1 << (across->precision - 1);
        for (int pixel = 0; pixel < across->count[at]; pixel++)
            sum += across->values[at * across->stride + pixel] * row[across->first[at] + pixel];
        result[at] = clipped(sum, across->precision);
    }
}

INLINE void gather_bytes(const uint8_t *row, const struct weights *across, int wanted, uint8_t *result,
                         const int groups)
{
    const int *first = across->first, stride = across->stride, precision = across->precision;
    const int16_t *values = across->values;
    int32_t four;
    for (int at = 0; at + 4 <= wanted; at += 4) {
        four = gathered_four(row, first + at, values + (ptrdiff_t)at * stride, stride, precision, groups);
        memcpy(result + at, &four, 4);
    }
    /* The last ones, some of them once more. */
    int at = wanted - 4;
    four = gathered_four(row, first + at, values + (ptrdiff_t)at * stride, stride, precision, groups);
    memcpy(result + at, &four, 4);
}

static AVX2 void gather_quads(const uint8_t *row, const struct weights *across, int wanted, uint8_t *result)
{
    /* Of two pixels the first channel of each, then the second; of four weights two for each half. */
    const __m256i mix = _mm256_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15, /* and once more */
                                         0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15);
    const __m256i deal = _mm256_setr_epi8(0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, /* and the other two */
                                          4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7);
    __m128i half = _mm_set1_epi32(1 << (across->precision - 1)), shift = _mm_cvtsi32_si128(across->precision);
    for (int at = 0; at < wanted; at++) {
        const int16_t *values = across->values + (size_t)at * (size_t)across->stride;
        const uint8_t *pixels = row + (size_t)across->first[at] * 4;
        __m256i parts = _mm256_setzero_si256();
        for (int pixel = 0; pixel < across->widest; pixel += 4) {
            int64_t four;
            memcpy(&four, values + pixel, sizeof four);
            __m256i some = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(const void *)(pixels + pixel * 4)));
            __m256i weights = _mm256_shuffle_epi8(_mm256_set1_epi64x(four), deal);
            parts = _mm256_add_epi32(parts, _mm256_madd_epi16(_mm256_shuffle_epi8(some, mix), weights));
        }
        __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(parts), _mm256_extracti128_si256(parts, 1));
        sum = _mm_sra_epi32(_mm_add_epi32(sum, half), shift);
        int32_t whole = _mm_cvtsi128_si32(_mm_packus_epi16(_mm_packs_epi32(sum, sum), sum));
        memcpy(result + (size_t)at * 4, &whole, 4);
    }
}

/* One row of the result. */
static AVX2 void gather(const uint8_t *row, const struct weights *across, int wanted, uint8_t *result, int channels)
{
    if (channels == 4)
        gather_quads(row, across, wanted, result);
    else if (wanted < 4)
        gather_few(row, across, wanted, result);
    else if (across->widest <= GROUP)
        gather_bytes(row, across, wanted, result, 1);
    else
        gather_bytes(row, across, wanted, result, (across->widest + GROUP - 1) / GROUP);
}

/* The columns that count, as one row, and so much behind that the last pixel can be read with as many as any; moves
 * `across` to where they begin.
 */
static uint8_t *row_for(struct weights *across, int wanted, int channels, size_t *skipped, size_t *bytes)
{
    int from = across->first[0], to = across->first[wanted - 1] + across->count[wanted - 1];
    for (int at = 0; at < wanted; at++)
        across->first[at] -= from;
    *skipped = (size_t)from * (size_t)channels;
    *bytes = (size_t)(to - from) * (size_t)channels;
    return calloc(*bytes + (size_t)across->stride * (size_t)channels, 1);
}

/* `source`: `width` x `height` pixels of 1 or 4 bytes, one row behind the other; of them the window (left, top, right,
 * bottom) becomes `result`, of `wide` x `high` such pixels. Returns 0, -1 without memory, or -2 if that is no such
 * window, or more than MOST_SCALE times larger.
 */
AVX2 int resample(const uint8_t *source, int width, int height, int channels, const double window[4], int filter,
                  uint8_t *result, int wide, int high)
{
    struct weights across = {0}, down = {0};
    size_t pitch = (size_t)width * (size_t)channels, skipped = 0, bytes = 0;
    uint8_t *row = NULL;
    if (!is_possible(width, window[0], window[2], wide) || !is_possible(height, window[1], window[3], high))
        return -2;
    int failed = weigh(&across, (enum filter)filter, width, window[0], window[2], wide);
    failed = failed || weigh(&down, (enum filter)filter, height, window[1], window[3], high);
    if (!failed)
        failed = (row = row_for(&across, wide, channels, &skipped, &bytes)) == NULL;
    for (int at = 0; !failed && at < high; at++) {
        const uint8_t *rows = source + (size_t)down.first[at] * pitch + skipped;
        blend(rows, pitch, down.values + (size_t)at * (size_t)down.stride, down.count[at], down.precision, row, bytes);
        gather(row, &across, wide, result + (size_t)at * (size_t)wide * (size_t)channels, channels);
    }
    free(row);
    forget(&across);
    forget(&down);
    return failed ? -1 : 0;
}

#else

int can_resample(void)
{
    return 0;
}

#endif
