import { ContextField } from '#cluster';

/** The category of all tools of this lib. */
export const HELM = {
  name: 'helm',
  description: 'Helm: releases, charts and chart repositories',
  sharedFields: [ContextField],
  // The tools in the order in which clients show them. One that is not listed comes after these.
  order: [
    'helm_list_releases',
    'helm_repo_add',
    'helm_repo_update',
    'helm_repo_remove',
    'helm_install',
    'helm_install_with_values',
    'helm_upgrade',
    'helm_uninstall',
    'helm_rollback',
    'helm_status',
    'helm_history',
    'helm_get_values',
    'helm_get_manifest',
    'helm_show_values',
    'helm_search_repo',
    'helm_template',
  ],
};

/** The same, for tools that need no cluster. */
export const HELM_WITHOUT_CLUSTER = { ...HELM, sharedFields: [] };
