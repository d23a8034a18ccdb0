using Campaigns.Db.Handovers;
using Campaigns.Handovers;
using Campaigns.Letters;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Mail;
using Dapper;

namespace Campaigns.Tests.Stores.Handovers;

/// <summary>Reminders that an answer is due: when, to whom, and once.</summary>
public sealed class AnswerReminderTests : IAsyncLifetime
{
    private PacketFixture _fixture = null!;

    public async Task InitializeAsync()
    {
        _fixture = await new PacketFixture().StartAsync();
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE campaigns SET answer_within_days = 30")
        );
        // The campaign is cached.
        await _fixture.RestartAsync();
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Staff_are_reminded_once_at_each_step_and_no_more_once_answered()
    {
        await _fixture.ConfirmPersonAsync("Kari Nordmann", country: "NO");
        var packet = await _fixture.BuildAsync("embassy-oslo", disclosure: Disclosure.Initials);
        var id = await _fixture.PlanAsync(packet);
        await _fixture.AttemptAsync(id, AttemptOutcome.Received);
        var due = Today.AddDays(30);
        await AddMemberAsync(1, "administrator", "[]");
        await AddMemberAsync(2, "organiser", """["NO"]""");
        await AddMemberAsync(3, "organiser", """["GB"]""");
        await AddMemberAsync(4, "auditor", "[]");

        await RunTwiceAsync();
        Assert.Empty(Reminders());
        _fixture.Clock.Advance(TimeSpan.FromDays(due.DayNumber - Today.DayNumber - 7));
        await RunTwiceAsync();
        Assert.Equal([7], Reminders());
        Assert.Equal([(1, MemberLetterKind.AnswerDue), (2, MemberLetterKind.AnswerDue)], Letters());
        _fixture.Clock.Advance(TimeSpan.FromDays(6));
        await RunTwiceAsync();
        _fixture.Clock.Advance(TimeSpan.FromDays(1));
        await RunTwiceAsync();
        _fixture.Clock.Advance(TimeSpan.FromDays(1));
        await RunTwiceAsync();
        Assert.Equal([7, 1, 0, -1], Reminders());
        Assert.Equal(8, Letters().Count);
        Assert.Equal(2, Letters().Count(letter => letter.Kind == MemberLetterKind.AnswerOverdue));

        // The rows of the reminders outlive the process.
        await _fixture.RestartAsync();
        await RunTwiceAsync();
        Assert.Equal(8, Letters().Count);
    }

    [Fact]
    public async Task Answered_handover_gets_no_reminder()
    {
        await _fixture.ConfirmPersonAsync("Kari Nordmann", country: "NO");
        var id = await _fixture.PlanAsync(await _fixture.BuildAsync("embassy-oslo", disclosure: Disclosure.Initials));
        await _fixture.AttemptAsync(id, AttemptOutcome.Received);
        await _fixture.AnswerAsync(id, AnswerKind.Full);
        _fixture.Clock.Advance(TimeSpan.FromDays(100));
        await RunTwiceAsync();
        Assert.Empty(Reminders());
    }

    private DateOnly Today => _fixture.Clock.Today(_fixture.Campaign);

    private async Task RunTwiceAsync()
    {
        await _fixture.RunAsync<RemindOfAnswersJob>();
        await _fixture.RunAsync<RemindOfAnswersJob>();
    }

    private List<int> Reminders() =>
        _fixture.Query(connection =>
            connection.Query<int>("SELECT days_before FROM handover_reminders ORDER BY days_before DESC").ToList()
        );

    private List<(long Member, string Kind)> Letters() =>
        _fixture.Query(connection =>
            connection.Query<(long, string)>("SELECT staff_id, kind FROM staff_letters ORDER BY id").ToList()
        );

    // A member with a confirmed address, without the way there.
    private Task AddMemberAsync(long id, string role, string countries) =>
        _fixture.Database.Writes.RunAsync(write =>
        {
            var now = write.Now.ToUnixTimeMilliseconds();
            write.Connection.Execute(
                """
                INSERT INTO staff (id, name, role, countries, created_at)
                VALUES (@id, @role, @role, @countries, @now)
                """,
                new
                {
                    id,
                    role,
                    countries,
                    now,
                }
            );
            return write.Connection.Execute(
                """
                INSERT INTO staff_accounts (staff_id, version, address, index_version, confirmed_at, stamp, failures,
                                            changed_at, locale)
                VALUES (@id, 1, @address, 1, @now, 'stamp', 0, 0, 'en')
                """,
                new
                {
                    id,
                    now,
                    address = _fixture.Database.Keys.Encryptor.Encrypt(
                        "staff_accounts",
                        "address",
                        id,
                        System.Text.Encoding.UTF8.GetBytes($"member{id}@example.org")
                    ),
                }
            );
        });
}
