
namespace Campaigns.Api.Http;

/// <summary>
/// One page of a list. <c>Next</c> is the cursor of the next page; null on the last one.
/// </summary>
internal sealed record ListView<T>(IReadOnlyList<T> Items, string? Next);
