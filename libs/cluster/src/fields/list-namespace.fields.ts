import { BooleanField, TextField } from '#tools';
import { NAMESPACE } from './kubernetes-formats.js';

/** The namespace that a listing looks in, by itself that of the context: `namespaceToList`. */
export function ListNamespaceField(): PropertyDecorator {
  return TextField({
    description: "Namespace to look in. Left out: the context's own namespace.",
    format: NAMESPACE,
    optional: true,
  });
}

/** Whether a listing looks in every namespace. */
export function AllNamespacesField(): PropertyDecorator {
  return BooleanField({ description: 'Look in every namespace.', default: false });
}
