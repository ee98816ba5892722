/* Undoes the filters of a PNG's rows in place (PNG specification, third edition, section 9.2).
 *
 * Half of a PNG's time goes in here. Three or four bytes a pixel are what photographs have; for them the dearest
 * filter, Paeth's, works on all channels of a pixel at once where the processor is known to have SSE2 (any x86-64).
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__) && !defined(PLAIN)
#include <emmintrin.h>
#endif

#define MOST 4 /* bytes a pixel */

/* Of all functions in here and beside: another number whenever one of them takes something else. */
const int interface = 1;

enum filter { NONE, SUB, UP, AVERAGE, PAETH };

/* Every function that takes `size`, a pixel's bytes, is inlined with a constant, so that its inner loop is unrolled. */
#define INLINE static inline __attribute__((always_inline))

static int distance(int one, int other)
{
    return one < other ? other - one : one - other;
}

static uint8_t predicted(int left, int above, int corner)
{
    int to_left = distance(above, corner), to_above = distance(left, corner);
    int to_corner = distance(left + above, 2 * corner);
    int best = to_left <= to_above ? left : above;
    int least = to_left <= to_above ? to_left : to_above;
    return (uint8_t)(least <= to_corner ? best : corner);
}

INLINE void undo_sub(uint8_t *row, size_t bytes, const size_t size)
{
    uint8_t left[MOST] = {0};
    for (size_t at = 0; at < bytes; at += size)
        for (size_t channel = 0; channel < size; channel++)
            row[at + channel] = left[channel] += row[at + channel];
}

INLINE void undo_up(uint8_t *row, const uint8_t *above, size_t bytes)
{
    for (size_t at = 0; at < bytes; at++)
        row[at] += above[at];
}

INLINE void undo_average(uint8_t *row, const uint8_t *above, size_t bytes, const size_t size)
{
    uint8_t left[MOST] = {0};
    for (size_t at = 0; at < bytes; at += size)
        for (size_t channel = 0; channel < size; channel++)
            row[at + channel] = left[channel] = row[at + channel] + ((left[channel] + above[at + channel]) >> 1);
}

/* From a pixel of the row on. */
INLINE void undo_paeth_plainly(uint8_t *row, const uint8_t *above, size_t at, size_t bytes, const size_t size)
{
    uint8_t left[MOST] = {0}, corner[MOST] = {0};
    if (at > 0) {
        memcpy(left, row + at - size, size);
        memcpy(corner, above + at - size, size);
    }
    for (; at < bytes; at += size)
        for (size_t channel = 0; channel < size; channel++) {
            uint8_t up = above[at + channel];
            row[at + channel] = left[channel] = row[at + channel] + predicted(left[channel], up, corner[channel]);
            corner[channel] = up;
        }
}

#if defined(__SSE2__) && !defined(PLAIN)

INLINE __m128i wide(const uint8_t *pixel)
{
    uint32_t bytes;
    memcpy(&bytes, pixel, sizeof bytes);
    return _mm_unpacklo_epi8(_mm_cvtsi32_si128((int)bytes), _mm_setzero_si128());
}

INLINE __m128i absolute(__m128i value)
{
    return _mm_max_epi16(value, _mm_sub_epi16(_mm_setzero_si128(), value));
}

INLINE __m128i choose(__m128i mask, __m128i yes, __m128i no)
{
    return _mm_or_si128(_mm_and_si128(mask, yes), _mm_andnot_si128(mask, no));
}

INLINE __m128i predicted_wide(__m128i left, __m128i above, __m128i corner)
{
    __m128i across = _mm_sub_epi16(above, corner), down = _mm_sub_epi16(left, corner);
    __m128i to_left = absolute(across), to_above = absolute(down), to_corner = absolute(_mm_add_epi16(across, down));
    __m128i least = _mm_min_epi16(to_corner, _mm_min_epi16(to_left, to_above));
    __m128i other = choose(_mm_cmpeq_epi16(least, to_above), above, corner);
    return choose(_mm_cmpeq_epi16(least, to_left), left, other);
}

/* Two rows at once, the second one a pixel behind: by then all that it needs of the first is there. The lower four
 * channels are of the first row, the upper four of the second.
 */
INLINE void undo_paeth_twice(uint8_t *row, const uint8_t *above, size_t bytes, const size_t size)
{
    uint8_t *next = row + bytes + 1;
    __m128i left = _mm_setzero_si128(), corner = left, low = _mm_set1_epi16(255);
    size_t at = 0;
    for (; at + 4 <= bytes; at += size) { /* four bytes are read of three as well, so the last pixel is left over */
        __m128i up = _mm_unpacklo_epi64(wide(above + at), left);
        __m128i lower = at > 0 ? wide(next + at - size) : _mm_setzero_si128();
        __m128i both = _mm_unpacklo_epi64(wide(row + at), lower);
        left = _mm_and_si128(_mm_add_epi16(both, predicted_wide(left, up, corner)), low);
        corner = up;
        __m128i pixels = _mm_packus_epi16(left, left);
        uint32_t first = (uint32_t)_mm_cvtsi128_si32(pixels);
        uint32_t second = (uint32_t)_mm_cvtsi128_si32(_mm_srli_si128(pixels, 4));
        memcpy(row + at, &first, size);
        if (at > 0)
            memcpy(next + at - size, &second, size);
    }
    undo_paeth_plainly(row, above, at, bytes, size);
    undo_paeth_plainly(next, row, at > 0 ? at - size : 0, bytes, size);
}

INLINE void undo_paeth(uint8_t *row, const uint8_t *above, size_t bytes, const size_t size)
{
    __m128i left = _mm_setzero_si128(), corner = left, low = _mm_set1_epi16(255);
    size_t at = 0;
    for (; size >= 3 && at + 4 <= bytes; at += size) {
        __m128i up = wide(above + at);
        left = _mm_and_si128(_mm_add_epi16(wide(row + at), predicted_wide(left, up, corner)), low);
        corner = up;
        uint32_t pixel = (uint32_t)_mm_cvtsi128_si32(_mm_packus_epi16(left, left));
        memcpy(row + at, &pixel, size);
    }
    undo_paeth_plainly(row, above, at, bytes, size);
}

/* How many rows were undone. */
INLINE size_t undo_paeths(uint8_t *row, const uint8_t *above, size_t bytes, const size_t size, size_t rows_left)
{
    if (size < 3 || rows_left < 2 || row[bytes] != PAETH) {
        undo_paeth(row, above, bytes, size);
        return 1;
    }
    undo_paeth_twice(row, above, bytes, size);
    return 2;
}

#else

INLINE size_t undo_paeths(uint8_t *row, const uint8_t *above, size_t bytes, const size_t size, size_t rows_left)
{
    (void)rows_left;
    undo_paeth_plainly(row, above, 0, bytes, size);
    return 1;
}

#endif

/* As Pillow holds pixels: three bytes become four, of which the last is never seen; others stay what they are. Gives
 * where the next row goes.
 */
INLINE uint8_t *hand_over(const uint8_t *row, size_t bytes, const size_t size, uint8_t *result)
{
    size_t at = 0;
    if (size != 3) {
        memcpy(result, row, bytes);
        return result + bytes;
    }
    for (; at + 4 <= bytes; at += 3, result += 4) {
        memcpy(result, row + at, 4);
        result[3] = 255;
    }
    if (at < bytes) {
        memcpy(result, row + at, 3);
        result[3] = 255;
        result += 4;
    }
    return result;
}

INLINE size_t undo(uint8_t *rows, size_t count, size_t bytes, const size_t size, const uint8_t *zeros, uint8_t *result)
{
    const uint8_t *above = zeros;
    size_t done = 0;
    while (done < count) {
        uint8_t *row = rows + done * (bytes + 1) + 1;
        size_t undone = 1;
        switch (row[-1]) {
        case NONE: break;
        case SUB: undo_sub(row, bytes, size); break;
        case UP: undo_up(row, above, bytes); break;
        case AVERAGE: undo_average(row, above, bytes, size); break;
        case PAETH: undone = undo_paeths(row, above, bytes, size, count - done); break;
        default: return done;
        }
        above = row + (undone - 1) * (bytes + 1);
        for (const uint8_t *ready = row; result && ready <= above; ready += bytes + 1)
            result = hand_over(ready, bytes, size, result); /* while it is at hand */
        done += undone;
    }
    return count;
}

/* `count` rows, each a byte that names its filter and `bytes` of pixels of `size` bytes (1 to 4, by which `bytes` can
 * be divided); `zeros` is a row of them without a filter. Unless it is NULL, the pixels are written to `result` as
 * well, those of three bytes as four. Returns how many rows were undone: fewer if there is no such filter.
 */
size_t unfilter(uint8_t *rows, size_t count, size_t bytes, size_t size, const uint8_t *zeros, uint8_t *result)
{
    switch (size) {
    case 1: return undo(rows, count, bytes, 1, zeros, result);
    case 2: return undo(rows, count, bytes, 2, zeros, result);
    case 3: return undo(rows, count, bytes, 3, zeros, result);
    case 4: return undo(rows, count, bytes, 4, zeros, result);
    default: return 0;
    }
}
