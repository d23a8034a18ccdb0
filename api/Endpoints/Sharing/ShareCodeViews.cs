using System.Text.Json.Serialization;

namespace Campaigns.Api.Endpoints.Sharing;

public sealed record ShareCodeRequest(string Code, string Title);

/// <summary>
/// A share code and how often it was used. Null: fewer than five, and
/// <c>few</c> says so.
/// </summary>
public sealed record ShareCodeView(
    string Code,
    string Title,
    string Url,
    DateTimeOffset CreatedAt,
    long? Visits,
    [property: JsonPropertyName("signed")] long? Forms
)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Few => Visits is null || Forms is null;

    public static ShareCodeView Example { get; } =
        new(
            "choir",
            "Newsletter of the choir",
            "https://petitions.example.org/c/chechnya-2019?s=choir",
            new DateTimeOffset(2019, 5, 17, 9, 0, 0, TimeSpan.Zero),
            1_204,
            311
        );
}

/// <summary>What was counted with codes that the campaign does not have.</summary>
public sealed record OtherSharesView(long? Visits, [property: JsonPropertyName("signed")] long? Forms)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Few => Visits is null || Forms is null;
}

/// <summary>All codes of a campaign; there is one page.</summary>
public sealed record ShareCodesView(IReadOnlyList<ShareCodeView> Items, string? Next, OtherSharesView Other);
