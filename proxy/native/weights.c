#include "weights.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#define PI 3.14159265F
#define MOST_WEIGHT 32000 /* below 32767, so that one can take what rounding has left */
#define MOST_PRECISION 20 /* bits: no sum of products can leave 32 */
#define MOST_SCALE 250    /* times smaller: what rounding leaves of so many weights fits beside the largest */
#define SLACK 0.01        /* pixels: rounding errors of a window's sides; far from where an axis would be left */

static float sinc(float x)
{
    return x == 0 ? 1 : sinf(PI * x) / (PI * x);
}

/* sinc(x) times sinc(x / 3), of which one sine is enough: sin(3a) is 3 sin(a) - 4 sin(a)^3. */
static float lanczos(float x)
{
    float angle = PI * x / 3, sine = sinf(angle);
    return x < 1e-3F ? 1 : (3 * sine - 4 * sine * sine * sine) * sine / (3 * angle * angle);
}

static float weight(enum filter filter, float x)
{
    x = fabsf(x);
    switch (filter) {
    case BILINEAR: return x < 1 ? 1 - x : 0;
    case HAMMING: return x < 1 ? sinc(x) * (0.54F + 0.46F * cosf(PI * x)) : 0;
    case BICUBIC: return x < 1 ? (1.5F * x - 2.5F) * x * x + 1 : x < 2 ? ((2.5F - 0.5F * x) * x - 4) * x + 2 : 0;
    case LANCZOS: return x < 3 ? lanczos(x) : 0;
    }
    return 0;
}

static double reach(enum filter filter)
{
    return filter == LANCZOS ? 3 : filter == BICUBIC ? 2 : 1;
}

void forget(struct weights *axis)
{
    free(axis->first);
    free(axis->count);
    free(axis->values);
}

/* In whole numbers that add up to one, that is `1 << precision`; the largest takes what rounding leaves. */
static void settle(const double *exact, int count, double sum, int precision, int16_t *values)
{
    int left = 1 << precision, largest = 0;
    for (int at = 0; at < count; at++) {
        values[at] = (int16_t)rint(exact[at] / sum * (1 << precision));
        left -= values[at];
        if (values[at] > values[largest])
            largest = at;
    }
    values[largest] = (int16_t)(values[largest] + left);
}

int is_possible(int size, double from, double to, int wanted)
{
    return wanted > 0 && from >= -SLACK && from < to && to <= size + SLACK && to - from <= (double)MOST_SCALE * wanted;
}

int weigh(struct weights *axis, enum filter filter, int size, double from, double to, int wanted)
{
    double scale = (to - from) / wanted, stretch = scale < 1 ? 1 : scale, support = reach(filter) * stretch;
    int most = (int)ceil(support) * 2 + 1;
    double highest = 0, *exact = malloc(sizeof(double) * (size_t)most * (size_t)wanted);
    double *sums = calloc((size_t)wanted, sizeof(double));
    axis->stride = (most + GROUP - 1) / GROUP * GROUP;
    axis->first = calloc((size_t)wanted, sizeof(int));
    axis->count = calloc((size_t)wanted, sizeof(int));
    axis->values = calloc((size_t)wanted * (size_t)axis->stride, sizeof(int16_t));
    int whole = exact && sums && axis->first && axis->count && axis->values;
    for (int at = 0; whole && at < wanted; at++) {
        double center = from + (at + 0.5) * scale, *own = exact + (size_t)at * (size_t)most;
        int first = (int)(center - support + 0.5), end = (int)(center + support + 0.5);
        first = first < 0 ? 0 : first;
        end = end > size ? size : end;
        for (int pixel = first; pixel < end; pixel++)
            sums[at] += own[pixel - first] = weight(filter, (float)((pixel - center + 0.5) / stretch));
        for (int pixel = first; pixel < end; pixel++)
            highest = fmax(highest, fabs(own[pixel - first] / sums[at]));
        axis->first[at] = first;
        axis->count[at] = end - first;
        axis->widest = axis->count[at] > axis->widest ? axis->count[at] : axis->widest;
    }
    axis->precision = MOST_PRECISION;
    while (axis->precision > 1 && highest * (1 << axis->precision) > MOST_WEIGHT)
        axis->precision--;
    for (int at = 0; whole && at < wanted; at++)
        settle(exact + (size_t)at * (size_t)most, axis->count[at], sums[at], axis->precision,
               axis->values + (size_t)at * (size_t)axis->stride);
    free(exact);
    free(sums);
    return whole ? 0 : -1;
}
