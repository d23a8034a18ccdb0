using Campaigns.Db.Handovers;
using Campaigns.Db.Staff;
using Campaigns.Handovers;

namespace Campaigns.Tests.Infrastructure;

/// <summary>Plans and records hand-overs in a <see cref="PacketFixture"/>.</summary>
internal static class HandoverFixture
{
    /// <summary>A word that stands in every note.</summary>
    public const string Secret = "Canarýa";

    private static readonly AttemptNotes _notes = new($"{Secret} gate", $"{Secret} Nordmann", $"{Secret}/7", Secret);

    public static async Task<long> PlanAsync(
        this PacketFixture fixture,
        long packet,
        string recipient = "embassy-oslo",
        bool isPublic = true
    )
    {
        var plan = new HandoverPlan
        {
            Recipient = recipient,
            Occasion = "International Day Against Homophobia",
            PlannedOn = Instant.Day(fixture.Clock.GetUtcNow()),
            Time = new TimeOnly(11, 30),
            Notes = new HandoverNotes($"{Secret} street", [$"{Secret} Hansen", "Ola"], Secret),
            Packets = [packet],
            IsPublic = isPublic,
        };
        var outcome = await fixture.Database.Writes.RunAsync(write =>
            fixture.Get<HandoverStore>().Create(write, fixture.Campaign, plan, null, Actor.Operator)
        );
        Assert.Null(outcome.Refusal);
        return outcome.Value!.Id;
    }

    public static Task<Outcome<int?>> AttemptAsync(
        this PacketFixture fixture,
        long id,
        string outcome,
        DateOnly? on = null
    ) =>
        fixture.Database.Writes.RunAsync(write =>
            fixture
                .Get<HandoverRecordStore>()
                .AddAttempt(
                    write,
                    fixture.Campaign,
                    id,
                    new AttemptDraft(on ?? Instant.Day(write.Now), outcome, null, _notes),
                    Actor.Operator
                )
        );

    public static Task<Outcome<int?>> AnswerAsync(this PacketFixture fixture, long id, string kind) =>
        fixture.Database.Writes.RunAsync(write =>
            fixture
                .Get<HandoverRecordStore>()
                .AddAnswer(
                    write,
                    fixture.Campaign,
                    id,
                    new AnswerDraft(Instant.Day(write.Now), kind, "They will look into it.", null),
                    Actor.Operator
                )
        );

    public static Handover FindHandover(this PacketFixture fixture, long id) =>
        fixture.Get<HandoverReader>().Find(id)!;
}
