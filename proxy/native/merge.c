/* Brightness and two planes of colour become red, green and blue, as JFIF defines them (ITU-R BT.601, full range). */
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2"))) /* `can_resample` is asked before */
#else
#define AVX2
#endif

#define BITS 16 /* behind the point */
#define SHARE(of) ((int32_t)((of) * (1 << BITS) + 0.5))

static uint32_t clipped(int32_t value)
{
    value >>= BITS;
    return (uint32_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* `count` pixels; the result has four bytes each: red, green, blue, and one that is not seen. */
AVX2 void merge(const uint8_t *brightness, const uint8_t *blues, const uint8_t *reds, uint32_t *result, size_t count)
{
    for (size_t at = 0; at < count; at++) {
        int32_t grey = ((int32_t)brightness[at] << BITS) + (1 << (BITS - 1));
        int32_t blue = blues[at] - 128, red = reds[at] - 128;
        uint32_t first = clipped(grey + SHARE(1.402) * red);
        uint32_t second = clipped(grey - SHARE(0.344136) * blue - SHARE(0.714136) * red);
        uint32_t third = clipped(grey + SHARE(1.772) * blue);
        result[at] = first | second << 8 | third << 16 | 255U << 24; /* the first byte is the lowest */
    }
}
