{{- define "skyflo-mcp.volumeMounts" -}}
- {name: tmp, mountPath: /tmp}
- {name: state, mountPath: /var/lib/skyflo-mcp}
- {name: audit, mountPath: /etc/skyflo-mcp/audit, readOnly: true}
{{- if include "skyflo-mcp.keysSecret" . }}
- {name: keys, mountPath: /etc/skyflo-mcp/keys, readOnly: true}
{{- end }}
{{- if include "skyflo-mcp.tlsSecret" . }}
- {name: tls, mountPath: /etc/skyflo-mcp/tls, readOnly: true}
{{- end }}
{{- if include "skyflo-mcp.policyConfigMap" . }}
- {name: policy, mountPath: /etc/skyflo-mcp/policy, readOnly: true}
{{- end }}
{{- if .Values.kubeconfig.existingSecret }}
- {name: kubeconfig, mountPath: /etc/skyflo-mcp/kubeconfig, readOnly: true}
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* Secrets are 0440, as the server refuses a pepper that others may read. */ -}}
{{- define "skyflo-mcp.volumes" -}}
- name: tmp
  emptyDir: {sizeLimit: 1Gi}
- name: state
  {{- if .Values.persistence.enabled }}
  persistentVolumeClaim: {claimName: {{ include "skyflo-mcp.claim" . | quote }}}
  {{- else }}
  emptyDir: {sizeLimit: {{ .Values.persistence.size }}}
  {{- end }}
- name: audit
  secret: {secretName: {{ include "skyflo-mcp.auditSecret" . | quote }}, defaultMode: 0440}
{{- with include "skyflo-mcp.keysSecret" . }}
- name: keys
  secret: {secretName: {{ . | quote }}, defaultMode: 0440}
{{- end }}
{{- with include "skyflo-mcp.tlsSecret" . }}
- name: tls
  secret:
    secretName: {{ . | quote }}
    defaultMode: 0440
    items: [{key: tls.crt, path: tls.crt}, {key: tls.key, path: tls.key}]
{{- end }}
{{- with include "skyflo-mcp.policyConfigMap" . }}
- name: policy
  configMap: {name: {{ . | quote }}}
{{- end }}
{{- with .Values.kubeconfig.existingSecret }}
- name: kubeconfig
  secret:
    secretName: {{ . | quote }}
    defaultMode: 0440
    items: [{key: {{ $.Values.kubeconfig.key | quote }}, path: config}]
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}
