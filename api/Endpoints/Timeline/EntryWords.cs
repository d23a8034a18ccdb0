namespace Campaigns.Api.Endpoints.Timeline;

/// <summary>The words of a kind of entry in the OpenAPI document.</summary>
/// <param name="Singular">For operation ids: Update.</param>
/// <param name="List">What the list is.</param>
/// <param name="Create">What writing one does.</param>
/// <param name="Show">What one shows.</param>
/// <param name="Change">What changing one does.</param>
/// <param name="Remove">What deleting one does.</param>
internal sealed record EntryWords(
    string Singular,
    string List,
    string Create,
    string Show,
    string Change,
    string Remove
)
{
    public string Plural => Singular + "s";
}
