{{- /*
The settings of the server, as the variables of its container. Those in "config" go first.
*/ -}}
{{- define "skyflo-mcp.env" -}}
{{- $env := dict "HOST" "0.0.0.0" "XDG_STATE_HOME" "/var/lib" "SHUTDOWN_GRACE_SECONDS" .Values.shutdownGraceSeconds -}}
{{- $_ := set $env "ALLOWED_HOSTS" (include "skyflo-mcp.allowedHosts" .) -}}
{{- $readyPolicy := default (ternary "read-only" .Values.rbac.size (eq .Values.rbac.size "none")) .Values.policy.ready -}}
{{- $hasFile := include "skyflo-mcp.policyConfigMap" . -}}
{{- $_ := set $env "POLICY_FILE" (ternary (printf "/etc/skyflo-mcp/policy/%s" (include "skyflo-mcp.policyKey" .)) $readyPolicy (ne $hasFile "")) -}}
{{- $_ := set $env "AUDIT_KEY_FILE" "/etc/skyflo-mcp/audit/audit.key" -}}
{{- if include "skyflo-mcp.keysSecret" . -}}
{{- $_ := set $env "API_KEYS_FILE" "/etc/skyflo-mcp/keys/api-keys.json" -}}
{{- $_ := set $env "API_KEYS_PEPPER_FILE" "/etc/skyflo-mcp/keys/pepper" -}}
{{- end -}}
{{- if include "skyflo-mcp.tlsSecret" . -}}
{{- $_ := set $env "TLS_CERT_FILE" "/etc/skyflo-mcp/tls/tls.crt" -}}
{{- $_ := set $env "TLS_KEY_FILE" "/etc/skyflo-mcp/tls/tls.key" -}}
{{- end -}}
{{- if .Values.kubeconfig.existingSecret -}}
{{- $_ := set $env "KUBECONFIG" "/etc/skyflo-mcp/kubeconfig/config" -}}
{{- end -}}
{{- if .Values.metrics.enabled -}}
{{- $_ := set $env "METRICS_PORT" .Values.metrics.port -}}
{{- end -}}
{{- $given := dict "PUBLIC_URL" .Values.publicUrl "OIDC_ISSUER" .Values.oidc.issuer "OIDC_AUDIENCE" .Values.oidc.audience "OIDC_GROUPS_CLAIM" .Values.oidc.groupsClaim "OIDC_NAME_CLAIM" .Values.oidc.nameClaim -}}
{{- range $name, $value := $given -}}
{{- if $value -}}{{- $_ := set $env $name $value -}}{{- end -}}
{{- end -}}
{{- range $name, $value := merge (deepCopy .Values.config) $env }}
- name: {{ $name }}
  value: {{ include "skyflo-mcp.text" $value | quote }}
{{- end }}
{{- with .Values.database.existingSecret }}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef: {name: {{ . | quote }}, key: {{ $.Values.database.key | quote }}}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* Numbers of values come as floats, and large ones would become 1e+06. */ -}}
{{- define "skyflo-mcp.text" -}}
{{- if kindIs "float64" . -}}{{- if eq (floor .) . -}}{{- int64 . -}}{{- else -}}{{- . -}}{{- end -}}{{- else -}}{{- . -}}{{- end -}}
{{- end -}}

{{- define "skyflo-mcp.policyKey" -}}
{{- ternary .Values.policy.key "policy.yaml" (ne .Values.policy.existingConfigMap "") -}}
{{- end -}}
