import { ContextField } from '#cluster';

/** The category of all tools of this lib. */
export const HELM = {
  name: 'helm',
  description: 'Helm: releases, charts and chart repositories',
  sharedFields: [ContextField],
};

/** The same, for tools that need no cluster. */
export const HELM_WITHOUT_CLUSTER = { ...HELM, sharedFields: [] };
