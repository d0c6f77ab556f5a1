"""Texts of harm, exposure and adherence."""

SAFETY: dict[str, tuple[str, str]] = {
    "section.listings": ("Listings", "受试者列表"),
    "listings.text": ("By participant: {tables}.", "按受试者列出：{tables}。"),
    "listings.none": ("Nothing is to be listed.", "无可列项目。"),
}
