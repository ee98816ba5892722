/* What each pixel of a source counts for one of a result, along one axis: Pillow's filters, in 16 bits. */
#ifndef WEIGHTS_H
#define WEIGHTS_H

#include <stdint.h>

#define GROUP 16 /* weights are filled up with zeros to a multiple of it */

enum filter { LANCZOS = 1, BILINEAR = 2, BICUBIC = 3, HAMMING = 5 }; /* Pillow's numbers */

struct weights { /* of one axis */
    int *first, *count; /* pixels of the source, for each of the result */
    int16_t *values;    /* `stride` of them for each pixel of the result, of which `widest` are used at most */
    int stride, widest, precision;
};

/* Whether pixels from `from` to `to`, of `size`, can become `wanted`. False for what is not a number, too. */
int is_possible(int size, double from, double to, int wanted);

/* What is possible. Returns 0, or -1 without memory; to be forgotten in both cases. */
int weigh(struct weights *axis, enum filter filter, int size, double from, double to, int wanted);

void forget(struct weights *axis);

#endif
