using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Unit.Rules;

/// <summary>Which changes of a campaign's dates are refused because of the erasure.</summary>
public sealed class ErasureRulesTests
{
    private const string All = "closesAt handOverOn eraseAfterDays";

    private static readonly DateTimeOffset _now = new(2019, 5, 1, 12, 0, 0, TimeSpan.Zero);

    // Erased on 2019-08-29 at noon.
    private static readonly Campaign _campaign = SampleCampaign.Create() with
    {
        ClosesAt = new DateTimeOffset(2019, 6, 30, 12, 0, 0, TimeSpan.Zero),
        HandOverOn = new DateOnly(2019, 6, 1),
        EraseAfterDays = 60,
    };

    /// <summary>
    /// A change with the fields that are refused: for an administrator, and for a campaigner.
    /// </summary>
    public static TheoryData<string, string, string> Changes =>
        new()
        {
            { "nothing", "", "" },
            { "closes later", "", "" },
            { "hand-over after closing", "", "" },
            { "closes a week earlier", "", "closesAt" },
            { "30 days after closing", "", "eraseAfterDays" },
            { "closed yesterday, 30 days", All, All },
            { "all in the past", All, All },
            { "erased at closing tomorrow", All, All },
            { "no date", "closesAt handOverOn", "closesAt handOverOn" },
        };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Change_may_not_bring_the_erasure_close(string change, string administrator, string campaigner)
    {
        var draft = Apply(change);
        Assert.Equal(administrator, Refused(draft, mayEraseSooner: true));
        Assert.Equal(campaigner, Refused(draft, mayEraseSooner: false));
        // Without signatures there is nothing to erase; but an open campaign keeps its promise datable.
        Assert.Equal(change == "no date" ? campaigner : "", Refused(draft, mayEraseSooner: false, isSigned: false));
    }

    [Fact]
    public void First_promise_of_an_erasure_is_sooner_than_none()
    {
        var draft = Example.DraftOf(_campaign);
        var unlimited = _campaign with { EraseAfterDays = null };
        Assert.Equal("eraseAfterDays", Refused(draft, mayEraseSooner: false, current: unlimited));
        Assert.Equal("", Refused(draft, mayEraseSooner: true, current: unlimited));
        Assert.Equal(
            "eraseAfterDays",
            Refused(
                draft with
                {
                    EraseAfterDays = 0,
                    ClosesAt = null,
                    HandOverOn = null,
                },
                mayEraseSooner: true,
                current: unlimited with
                {
                    State = CampaignState.Closed,
                    ClosedAt = _now.AddDays(-40),
                    ClosesAt = null,
                    HandOverOn = null,
                }
            )
        );
    }

    [Theory]
    [InlineData(null, false, false, true)]
    [InlineData(30, false, false, false)]
    [InlineData(30, true, false, true)]
    [InlineData(30, false, true, true)]
    public void Campaign_that_promises_an_erasure_opens_with_a_date(int? days, bool closes, bool handsOver, bool opens)
    {
        var campaign = _campaign with
        {
            State = CampaignState.Draft,
            EraseAfterDays = days,
            ClosesAt = closes ? _now : null,
            HandOverOn = handsOver ? new DateOnly(2019, 6, 1) : null,
        };
        Assert.Equal(opens ? null : Refusal.WrongState, ErasureRules.RefuseOpening(campaign));
    }

    private static string Refused(
        CampaignDraft draft,
        bool mayEraseSooner,
        bool isSigned = true,
        Campaign? current = null
    ) =>
        string.Join(
            ' ',
            ErasureRules
                .Refuse(current ?? _campaign, draft, isSigned, new CampaignEdit(mayEraseSooner, _now))
                ?.Errors!.Keys
                ?? []
        );

    private static CampaignDraft Apply(string change)
    {
        var draft = Example.DraftOf(_campaign);
        return change switch
        {
            "nothing" => draft,
            "closes later" => draft with { ClosesAt = new DateTimeOffset(2199, 1, 1, 0, 0, 0, TimeSpan.Zero) },
            "hand-over after closing" => draft with { HandOverOn = new DateOnly(2019, 12, 1) },
            "closes a week earlier" => draft with { ClosesAt = draft.ClosesAt!.Value.AddDays(-7) },
            "30 days after closing" => draft with { EraseAfterDays = 30 },
            "closed yesterday, 30 days" => draft with
            {
                ClosesAt = _now.AddDays(-1),
                HandOverOn = null,
                EraseAfterDays = 30,
            },
            "all in the past" => draft with
            {
                ClosesAt = _now.AddYears(-1),
                HandOverOn = new DateOnly(2018, 1, 1),
                EraseAfterDays = 0,
            },
            "erased at closing tomorrow" => draft with
            {
                ClosesAt = _now.AddDays(1),
                HandOverOn = new DateOnly(2019, 5, 1),
                EraseAfterDays = 0,
            },
            "no date" => draft with { ClosesAt = null, HandOverOn = null },
            _ => throw new ArgumentOutOfRangeException(nameof(change)),
        };
    }
}
