import { BooleanField, TextField } from '#tools';
import { NAMESPACE } from './kubernetes-formats.js';

/** The namespace to list. By default the context's own, see `namespaceToList`. */
export function ListNamespaceField(): PropertyDecorator {
  return TextField({
    description: "Namespace to look in. Left out: the context's own namespace.",
    obvious: true,
    format: NAMESPACE,
    optional: true,
  });
}

/** Whether to list every namespace. */
export function AllNamespacesField(): PropertyDecorator {
  return BooleanField({ description: 'Look in every namespace.', obvious: true, default: false });
}
