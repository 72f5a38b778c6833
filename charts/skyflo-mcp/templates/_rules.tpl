{{- /*
What each size may do, as rules of RBAC. The core group is listed resource by resource: "*" would
hold Secrets, and get on pods/exec, which runs a command.
*/ -}}

{{- /* API groups in which everything may be read. */ -}}
{{- define "skyflo-mcp.readGroups" -}}
admissionregistration.k8s.io,apiextensions.k8s.io,apiregistration.k8s.io,apps,argoproj.io,autoscaling,batch,certificates.k8s.io,coordination.k8s.io,discovery.k8s.io,events.k8s.io,flowcontrol.apiserver.k8s.io,gateway.networking.k8s.io,metrics.k8s.io,monitoring.coreos.com,networking.k8s.io,node.k8s.io,policy,rbac.authorization.k8s.io,resource.k8s.io,scheduling.k8s.io,storage.k8s.io
{{- end -}}

{{- /*
API groups in which an operator may also write: none that gives rights or holds for all.
*/ -}}
{{- define "skyflo-mcp.writeGroups" -}}
apps,argoproj.io,autoscaling,batch,coordination.k8s.io,discovery.k8s.io,events.k8s.io,gateway.networking.k8s.io,monitoring.coreos.com,networking.k8s.io,policy,resource.k8s.io
{{- end -}}

{{- define "skyflo-mcp.readRules" -}}
- apiGroups: ['']
  resources: [componentstatuses, configmaps, endpoints, events, limitranges, namespaces, namespaces/status, nodes, nodes/status, persistentvolumeclaims, persistentvolumeclaims/status, persistentvolumes, persistentvolumes/status, pods, pods/ephemeralcontainers, pods/log, pods/resize, pods/status, podtemplates, replicationcontrollers, replicationcontrollers/scale, replicationcontrollers/status, resourcequotas, resourcequotas/status, serviceaccounts, services, services/status]
  verbs: [get, list, watch]
- apiGroups: {{ concat (splitList "," (include "skyflo-mcp.readGroups" .)) .Values.rbac.customResourceGroups | toJson }}
  resources: ['*']
  verbs: [get, list, watch]
{{- if .Values.rbac.readSecrets }}
- apiGroups: ['']
  resources: [secrets]
  verbs: [get, list, watch]
{{- end }}
{{- with .Values.rbac.extraRules }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /*
For one namespace. Tokens of service accounts are left out: whoever has one may do what it may.
*/ -}}
{{- define "skyflo-mcp.writeRules" -}}
- apiGroups: ['']
  resources: [configmaps, endpoints, events, limitranges, persistentvolumeclaims, pods, pods/ephemeralcontainers, pods/resize, podtemplates, replicationcontrollers, replicationcontrollers/scale, resourcequotas, secrets, serviceaccounts, services]
  verbs: [get, list, watch, create, update, patch, delete, deletecollection]
- apiGroups: ['']
  resources: [pods/attach, pods/exec, pods/portforward, pods/proxy, services/proxy]
  verbs: [get, create, update, patch, delete]
- apiGroups: ['']
  resources: [pods/eviction]
  verbs: [create]
- apiGroups: {{ concat (splitList "," (include "skyflo-mcp.writeGroups" .)) .Values.rbac.customResourceGroups | toJson }}
  resources: ['*']
  verbs: [get, list, watch, create, update, patch, delete, deletecollection]
{{- end -}}
