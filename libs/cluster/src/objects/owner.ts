/** Whether an object is owned by the one with this uid, be it as its controller or not. */
export function isOwnedBy(
  { ownerReferences = [] }: { ownerReferences?: readonly { uid: string }[] },
  uid: string,
): boolean {
  return ownerReferences.some((owner) => owner.uid === uid);
}
