{{- /*
HMAC-SHA-256 (RFC 2104) in hex, which Helm has no function for: what the server keeps of an API key.
key: 64 hex digits, taken as text. That is one block, so it is neither hashed nor padded, and its
digits have only sixteen images under either pad.
message: any text.
*/ -}}
{{- define "skyflo-mcp.hmac" -}}
{{- $inner := dict "0" "\x06" "1" "\x07" "2" "\x04" "3" "\x05" "4" "\x02" "5" "\x03" "6" "\x00" "7" "\x01" "8" "\x0e" "9" "\x0f" "a" "W" "b" "T" "c" "U" "d" "R" "e" "S" "f" "P" -}}
{{- $outer := dict "0" "l" "1" "m" "2" "n" "3" "o" "4" "h" "5" "i" "6" "j" "7" "k" "8" "d" "9" "e" "a" "=" "b" ">" "c" "?" "d" "8" "e" "9" "f" ":" -}}
{{- $innerPad := "" -}}
{{- $outerPad := "" -}}
{{- range $digit := splitList "" .key -}}
{{- $innerPad = printf "%s%s" $innerPad (get $inner $digit) -}}
{{- $outerPad = printf "%s%s" $outerPad (get $outer $digit) -}}
{{- end -}}
{{- $digest := sha256sum (printf "%s%s" $innerPad .message) -}}
{{- sha256sum (printf "%s%s" $outerPad (include "skyflo-mcp.base64OfDigest" $digest | b64dec)) -}}
{{- end -}}

{{- /* The 32 bytes of a SHA-256 in hex as base64: three hex digits are two characters. */ -}}
{{- define "skyflo-mcp.base64OfDigest" -}}
{{- $valueOf := dict "0" 0 "1" 1 "2" 2 "3" 3 "4" 4 "5" 5 "6" 6 "7" 7 "8" 8 "9" 9 "a" 10 "b" 11 "c" 12 "d" 13 "e" 14 "f" 15 -}}
{{- $alphabet := splitList "" "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" -}}
{{- $digits := splitList "" (printf "%s00" .) -}}
{{- $text := "" -}}
{{- range $group := until 22 -}}
{{- $at := mul $group 3 -}}
{{- $high := get $valueOf (index $digits $at) -}}
{{- $middle := get $valueOf (index $digits (add $at 1)) -}}
{{- $low := get $valueOf (index $digits (add $at 2)) -}}
{{- $value := add (mul $high 256) (mul $middle 16) $low -}}
{{- $text = printf "%s%s%s" $text (index $alphabet (div $value 64)) (index $alphabet (mod $value 64)) -}}
{{- end -}}
{{- substr 0 43 $text }}=
{{- end -}}
