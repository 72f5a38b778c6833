{{- /*
What a schema cannot say: values that need or exclude each other. Each message names the way on.
*/ -}}
{{- define "skyflo-mcp.checks" -}}
{{- include "skyflo-mcp.checkReplicas" . -}}
{{- include "skyflo-mcp.checkRights" . -}}
{{- include "skyflo-mcp.checkCallers" . -}}
{{- include "skyflo-mcp.checkRoutes" . -}}
{{- end -}}

{{- define "skyflo-mcp.checkReplicas" -}}
{{- if include "skyflo-mcp.isMany" . -}}
{{- $what := ternary "autoscaling.enabled" "replicaCount above 1" .Values.autoscaling.enabled -}}
{{- if not .Values.database.existingSecret -}}
{{- fail (printf "%s needs PostgreSQL: pods share their executions and sessions through it. Put its URL into a Secret and set database.existingSecret, or run one pod." $what) -}}
{{- end -}}
{{- if .Values.persistence.enabled -}}
{{- fail (printf "%s cannot be used with persistence.enabled: the volume is for the SQLite of one pod. Set persistence.enabled=false; PostgreSQL keeps what has to be kept." $what) -}}
{{- end -}}
{{- end -}}
{{- with .Values.autoscaling -}}
{{- if and .enabled (eq (int .executionsRunning) 0) (eq (int .cpuPercent) 0) -}}
{{- fail "autoscaling.enabled needs something to look at: set autoscaling.executionsRunning or autoscaling.cpuPercent." -}}
{{- end -}}
{{- if and .enabled (gt (int .minReplicas) (int .maxReplicas)) -}}
{{- fail "autoscaling.minReplicas is above autoscaling.maxReplicas. Set it to at most that." -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "skyflo-mcp.checkRights" -}}
{{- $rbac := .Values.rbac -}}
{{- if and (eq $rbac.size "operator") (not $rbac.namespaces) -}}
{{- fail "rbac.size=operator needs rbac.namespaces: the namespaces to write in. RBAC has no rule that denies, so an operator of the whole cluster could also write in kube-system, and so get any right. For all namespaces set rbac.size=admin and policy.ready=operator: the server then keeps kube-system out." -}}
{{- end -}}
{{- if and (ne $rbac.size "operator") $rbac.namespaces -}}
{{- fail (printf "rbac.namespaces has no effect with rbac.size=%s. Set rbac.size=operator, or leave rbac.namespaces out." $rbac.size) -}}
{{- end -}}
{{- range $rbac.namespaces -}}
{{- if has . (list "kube-system" "kube-public" "kube-node-lease") -}}
{{- fail (printf "rbac.namespaces names %s, where the cluster keeps its own parts: who writes there gets any right. Leave it out, or set rbac.size=admin." .) -}}
{{- end -}}
{{- end -}}
{{- range $field := list "readSecrets" "customResourceGroups" -}}
{{- if and (get $rbac $field) (not (has $rbac.size (list "read-only" "operator"))) -}}
{{- fail (printf "rbac.%s has no effect with rbac.size=%s. Leave it out." $field $rbac.size) -}}
{{- end -}}
{{- end -}}
{{- if and (not .Values.serviceAccount.create) (not .Values.serviceAccount.name) -}}
{{- fail "serviceAccount.create=false needs serviceAccount.name: the account to use." -}}
{{- end -}}
{{- if not (or .Values.serviceAccount.mountToken .Values.kubeconfig.existingSecret) -}}
{{- fail "serviceAccount.mountToken=false needs kubeconfig.existingSecret: the pod would reach no cluster." -}}
{{- end -}}
{{- $ways := dict "policy.ready" .Values.policy.ready "policy.rules" .Values.policy.rules "policy.existingConfigMap" .Values.policy.existingConfigMap -}}
{{- $set := list -}}
{{- range $way, $value := $ways -}}{{- if $value -}}{{- $set = append $set $way -}}{{- end -}}{{- end -}}
{{- if gt (len $set) 1 -}}
{{- fail (printf "%s exclude each other. Set one of them." (join " and " $set)) -}}
{{- end -}}
{{- end -}}

{{- define "skyflo-mcp.checkCallers" -}}
{{- range $name := list "PORT" "METRICS_PORT" "SHUTDOWN_GRACE_SECONDS" -}}
{{- if hasKey $.Values.config $name -}}
{{- fail (printf "config.%s would not agree with the rest of the pod. Set %s." $name (get (dict "PORT" "service.port" "METRICS_PORT" "metrics.port" "SHUTDOWN_GRACE_SECONDS" "shutdownGraceSeconds") $name)) -}}
{{- end -}}
{{- end -}}
{{- $isOpen := eq (toString (get .Values.config "AUTH")) "none" -}}
{{- $hasProxy := hasKey .Values.config "TRUSTED_PROXY_CA" -}}
{{- $hasKeys := include "skyflo-mcp.keysSecret" . -}}
{{- if and $isOpen (or $hasKeys .Values.oidc.issuer) -}}
{{- fail "config.AUTH=none lets everybody in, so keys and an issuer would have no effect. Leave it out, or set keys.create=false and leave keys.existingSecret and oidc.issuer out." -}}
{{- end -}}
{{- if not (or $isOpen $hasProxy $hasKeys .Values.oidc.issuer) -}}
{{- fail "Nobody could prove who they are. Set keys.create=true, keys.existingSecret or oidc.issuer." -}}
{{- end -}}
{{- if and .Values.oidc.issuer (not .Values.publicUrl) (not .Values.oidc.audience) -}}
{{- fail "oidc.issuer needs publicUrl or oidc.audience: tokens for other services must not be taken." -}}
{{- end -}}
{{- if and (eq .Values.tls.mode "secret") (not .Values.tls.existingSecret) -}}
{{- fail "tls.mode=secret needs tls.existingSecret: a Secret of the type kubernetes.io/tls." -}}
{{- end -}}
{{- if and (ne .Values.tls.mode "secret") .Values.tls.existingSecret -}}
{{- fail (printf "tls.existingSecret has no effect with tls.mode=%s. Set tls.mode=secret." .Values.tls.mode) -}}
{{- end -}}
{{- if and (eq .Values.tls.mode "proxy") (not $isOpen) (not (hasPrefix "https://" .Values.publicUrl)) -}}
{{- fail "tls.mode=proxy needs publicUrl, the https:// address of what ends TLS in front. Without TLS, credentials would cross the network for everybody to read." -}}
{{- end -}}
{{- end -}}

{{- define "skyflo-mcp.checkRoutes" -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) -}}
{{- fail "ingress.enabled needs ingress.hosts: the names under which the server is called." -}}
{{- end -}}
{{- if .Values.httpRoute.enabled -}}
{{- if not .Values.httpRoute.parentRefs -}}
{{- fail "httpRoute.enabled needs httpRoute.parentRefs: the Gateway that it belongs to, such as [{name: public, namespace: gateways}]." -}}
{{- end -}}
{{- if not .Values.httpRoute.hostnames -}}
{{- fail "httpRoute.enabled needs httpRoute.hostnames: the names under which the server is called." -}}
{{- end -}}
{{- if ne .Values.tls.mode "proxy" -}}
{{- fail "httpRoute.enabled needs tls.mode=proxy and publicUrl: a Gateway speaks plain HTTP to the pods." -}}
{{- end -}}
{{- end -}}
{{- range $what := list "serviceMonitor" "prometheusRule" -}}
{{- if and (get (get $.Values.metrics $what) "enabled") (not $.Values.metrics.enabled) -}}
{{- fail (printf "metrics.%s.enabled needs metrics.enabled=true: there is nothing to read without." $what) -}}
{{- end -}}
{{- end -}}
{{- end -}}
