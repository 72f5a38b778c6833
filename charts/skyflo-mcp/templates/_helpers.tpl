{{- define "skyflo-mcp.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- /* Room is left for what is added to it, such as "-operator". */ -}}
{{- define "skyflo-mcp.fullname" -}}
{{- $name := include "skyflo-mcp.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- /*
Names of objects outside of namespaces: releases of one name may be in several namespaces.
*/ -}}
{{- define "skyflo-mcp.clusterName" -}}
{{- printf "%s:%s" .Release.Namespace (include "skyflo-mcp.fullname" .) -}}
{{- end -}}

{{- define "skyflo-mcp.serviceAccount" -}}
{{- default (include "skyflo-mcp.fullname" .) .Values.serviceAccount.name -}}
{{- end -}}

{{- /* What may never change: selectors are immutable. */ -}}
{{- define "skyflo-mcp.selector" -}}
app.kubernetes.io/name: {{ include "skyflo-mcp.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "skyflo-mcp.labels" -}}
{{ include "skyflo-mcp.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "skyflo-mcp.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $image.repository $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $image.repository (default .Chart.AppVersion $image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "skyflo-mcp.keysSecret" -}}
{{- if .Values.keys.existingSecret -}}
{{- .Values.keys.existingSecret -}}
{{- else if .Values.keys.create -}}
{{- include "skyflo-mcp.fullname" . }}-keys
{{- end -}}
{{- end -}}

{{- define "skyflo-mcp.auditSecret" -}}
{{- default (printf "%s-audit" (include "skyflo-mcp.fullname" .)) .Values.audit.existingSecret -}}
{{- end -}}

{{- define "skyflo-mcp.tlsSecret" -}}
{{- if eq .Values.tls.mode "secret" -}}
{{- .Values.tls.existingSecret -}}
{{- else if eq .Values.tls.mode "generated" -}}
{{- include "skyflo-mcp.fullname" . }}-tls
{{- end -}}
{{- end -}}

{{- define "skyflo-mcp.policyConfigMap" -}}
{{- if .Values.policy.existingConfigMap -}}
{{- .Values.policy.existingConfigMap -}}
{{- else if .Values.policy.rules -}}
{{- include "skyflo-mcp.fullname" . }}-policy
{{- end -}}
{{- end -}}

{{- define "skyflo-mcp.scheme" -}}
{{- ternary "http" "https" (eq .Values.tls.mode "proxy") -}}
{{- end -}}

{{- define "skyflo-mcp.claim" -}}
{{- default (include "skyflo-mcp.fullname" .) .Values.persistence.existingClaim -}}
{{- end -}}

{{- define "skyflo-mcp.isMany" -}}
{{- if or .Values.autoscaling.enabled (gt (int .Values.replicaCount) 1) -}}true{{- end -}}
{{- end -}}

{{- /* The names of the Service, one a line. */ -}}
{{- define "skyflo-mcp.serviceNames" -}}
{{- $name := include "skyflo-mcp.fullname" . -}}
{{- $inside := printf "%s.%s" $name .Release.Namespace -}}
{{- list $name $inside (printf "%s.svc" $inside) (printf "%s.svc.%s" $inside .Values.clusterDomain) | join "\n" -}}
{{- end -}}

{{- define "skyflo-mcp.allowedHosts" -}}
{{- $names := splitList "\n" (include "skyflo-mcp.serviceNames" .) -}}
{{- if .Values.publicUrl -}}
{{- $names = append $names (get (urlParse .Values.publicUrl) "hostname") -}}
{{- end -}}
{{- if .Values.ingress.enabled -}}{{- $names = concat $names .Values.ingress.hosts -}}{{- end -}}
{{- if .Values.httpRoute.enabled -}}{{- $names = concat $names .Values.httpRoute.hostnames -}}{{- end -}}
{{- concat $names .Values.allowedHosts | uniq | join "," -}}
{{- end -}}
