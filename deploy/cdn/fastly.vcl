# Snippet for vcl_recv. Fastly obeys Vary by itself, so three kinds of Accept make three entries.
# Twice it changes nothing: a shield runs it again.
if (req.http.Accept ~ "image/avif") {
  set req.http.Accept = "image/avif,image/webp";
} else if (req.http.Accept ~ "image/webp") {
  set req.http.Accept = "image/webp";
} else {
  set req.http.Accept = "*/*";
}
unset req.http.Cookie;
