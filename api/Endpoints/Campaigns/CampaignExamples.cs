using Campaigns.Api.Endpoints.Handovers;

namespace Campaigns.Api.Endpoints.Campaigns;

/// <summary>The examples of the OpenAPI document.</summary>
internal static class CampaignExamples
{
    private const string Slug = "chechnya-2019";
    private const string Title = "Investigate the crimes in Chechnya";
    private const string Demand = "We ask you to investigate and to protect those who are persecuted.";

    private static readonly DateTimeOffset _opensAt = new(2019, 1, 14, 9, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset _closesAt = new(2019, 5, 17, 9, 0, 0, TimeSpan.Zero);
    private static readonly DateOnly _handOverOn = new(2019, 5, 17);
    private static readonly Controller _controller = new("All Out", "privacy@example.org");
    private static readonly PrivacyNoticeView _notice = new(
        "2019-01",
        "We store what you type, encrypted.",
        new Dictionary<string, string> { ["nl"] = "We slaan op wat je typt, versleuteld." }
    );
    private static readonly Dictionary<string, string> _names = new() { ["nl"] = "De ambassade in Oslo" };
    private static readonly ShareView _share = new(
        new Dictionary<string, string> { ["en"] = "They need us. Sign too." },
        ["Chechnya"]
    );
    private static readonly CampaignCountry _country = new("NO", 5_000, "nb");
    private static readonly RecipientView _recipient = new(
        "embassy-oslo",
        "The embassy in Oslo",
        "Drammensveien 74, 0244 Oslo",
        ["NO"],
        Recipient.LowRisk,
        "initials",
        new AnswerTermView(20, AnswerTerm.Working, "NO"),
        "embassy",
        "nb",
        new RecipientProfileView(14, 4, ["paper"], ["mon", "tue", "wed", "thu"], "Ring at the side door."),
        _names
    );

    private static readonly Dictionary<string, TextView> _texts = new()
    {
        ["en"] = new TextView(Title, Demand, 1, TextHash.Compute(Slug, "en", 1, Title, Demand)),
    };

    public static CampaignSummary Summary { get; } =
        new(Slug, new Dictionary<string, string> { ["en"] = Title }, 1_204, 10_000, CampaignState.Open, _closesAt);

    public static CampaignView Campaign { get; } =
        new(
            Slug,
            CampaignState.Open,
            "All Out",
            _controller,
            _notice,
            _texts,
            [new CountryView("NO", "Norway", _country.Goal)],
            [new RecipientName(_recipient.Key, _recipient.Name, _names)],
            10_000,
            1_204,
            _opensAt,
            _closesAt,
            _handOverOn,
            90,
            "Europe/Oslo",
            [HandoverExamples.Public],
            _share
        );

    public static StaffCampaignView Staff { get; } =
        new(
            Slug,
            CampaignState.Open,
            1_204,
            new DateOnly(2019, 8, 16),
            "All Out",
            _controller,
            _notice,
            _texts,
            10_000,
            [_country],
            _opensAt,
            _closesAt,
            _handOverOn,
            30,
            90,
            false,
            "Europe/Oslo",
            ["https://example.org"],
            [_recipient],
            _share
        );

    public static CampaignRequest New { get; } =
        new(
            Slug,
            "All Out",
            _controller,
            new PrivacyNoticeRequest(_notice.Version, _notice.Text, _notice.Texts),
            new Dictionary<string, TextRequest> { ["en"] = new(Title, Demand) },
            10_000,
            [new CountryRequest("NO", 5_000, "nb")],
            _opensAt,
            _closesAt,
            _handOverOn,
            30,
            90,
            false,
            "Europe/Oslo",
            ["https://example.org"],
            [
                new RecipientRequest(
                    _recipient.Key,
                    _recipient.Name,
                    Recipient.LowRisk,
                    _recipient.Address,
                    ["NO"],
                    "initials",
                    _recipient.AnswerWithin,
                    _recipient.Kind,
                    _recipient.Locale,
                    _recipient.Profile,
                    _recipient.Names
                ),
            ],
            _share
        );

    /// <summary>A merge patch: only what changes. Left out here is left as it is.</summary>
    public static object Change { get; } = new { goal = 20_000, handOverOn = (DateOnly?)null };

    public static TextsRequest Texts { get; } =
        new(new Dictionary<string, TextRequest> { ["en"] = new(Title, Demand) });
}
