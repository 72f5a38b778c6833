/** Other names of categories. The older Engine uses them. */
const CATEGORY_ALIASES = new Map([['kubernetes', 'k8s']]);

/** The name of a category that is given by its name or by another name of it. */
export function categoryName(given: string): string {
  return CATEGORY_ALIASES.get(given) ?? given;
}
