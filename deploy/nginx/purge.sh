#!/bin/sh
# Deletes a picture from nginx's cache, for all kinds of Accept; run it where nginx runs, after the proxy was purged:
#   purge.sh /var/cache/nginx/pictures img.example.com /tr:w-300/media-files/1/2/a/b/12ab_mug.jpg
# A whole cache is emptied by deleting what lies in its directory. docs/cdn.md tells more.
set -eu

directory=$1 host=$2 target=$3

for formats in '*/*' image/webp image/avif,image/webp; do
    name=$(printf '%s' "$host$target|$formats||||" | md5sum | cut -c1-32)
    last=$(printf '%s' "$name" | cut -c32)
    before=$(printf '%s' "$name" | cut -c30-31)
    rm -fv "$directory/$last/$before/$name"
done
