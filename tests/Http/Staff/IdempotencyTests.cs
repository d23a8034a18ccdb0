using System.Text;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Retention;
using Dapper;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Staff;

/// <summary>Requests of staff that are sent twice with an <c>Idempotency-Key</c>.</summary>
public sealed class IdempotencyTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Campaigns = "/api/staff/campaigns";

    private string Packets => $"{Campaigns}/{shared.Slug}/packets";

    private string Texts => $"{Campaigns}/{shared.Slug}/texts";

    [Fact]
    public async Task Same_request_gets_the_same_answer_and_creates_once()
    {
        foreach (
            var (address, body, count) in ((string, string, string)[])
                [
                    (Campaigns, Example.Campaign("made-once").ToJsonString(), "SELECT count(*) FROM campaigns"),
                    (Packets, """{"recipient":"president"}""", "SELECT count(*) FROM packets"),
                    (
                        Texts,
                        """{"texts":{"en":{"title":"Second","demand":"Words"}}}""",
                        "SELECT count(*) FROM petition_texts"
                    ),
                ]
        )
        {
            var first = await (await SendAsync(shared.Staff, address, body, "once")).SeenAsync();
            var made = shared.Server.Query<long>(count);
            var second = await (await SendAsync(shared.Staff, address, body, "once")).SeenAsync();
            Assert.Equal(first, second);
            Assert.Equal(made, shared.Server.Query<long>(count));
            // The next request of the loop has another address.
            await (await SendAsync(shared.Staff, address, body + " ", "once")).ProblemAsync(
                409,
                "idempotency-key-reused"
            );
            await shared.Server.WriteAsync("DELETE FROM idempotency_keys");
        }
    }

    [Fact]
    public async Task Key_belongs_to_one_address_and_one_member()
    {
        const string body = """{"recipient":"embassy-london"}""";
        var first = await (await SendAsync(shared.Staff, Packets, body, "mine")).BodyAsync();
        await (await SendAsync(shared.Staff, Campaigns, body, "mine")).ProblemAsync(409, "idempotency-key-reused");
        using var colleague = await shared.Server.StaffAsync(Role.Campaigner);
        // Another order, because the same order is the same packet.
        const string other = """{"recipient":"embassy-london","locale":"nl"}""";
        var second = await (
            await CampaignServer.Expect(202, await SendAsync(colleague, Packets, other, "mine"))
        ).BodyAsync();
        Assert.NotEqual((string?)first["id"], (string?)second["id"]);
    }

    [Fact]
    public async Task Answer_is_repeated_although_the_campaign_changed()
    {
        const string body = """{"recipient":"president"}""";
        var slug = await shared.Server.OpenCampaignAsync("changing-recipients");
        var address = $"{Campaigns}/{slug}/packets";
        var first = await (await SendAsync(shared.Staff, address, body, "gone")).SeenAsync();
        await CampaignServer.Expect(
            200,
            await shared.Staff.PatchAsync($"{Campaigns}/{slug}", HttpAnswers.Json("""{"recipients":[]}"""))
        );
        Assert.Equal(first, await (await SendAsync(shared.Staff, address, body, "gone")).SeenAsync());
        await (await SendAsync(shared.Staff, address, body, "another")).RefusesFieldsAsync("recipient");
    }

    [Fact]
    public async Task Concurrent_duplicates_create_one_thing()
    {
        var before = shared.Server.Query<long>("SELECT count(*) FROM packets");
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(_ =>
                    SendAsync(shared.Staff, Packets, """{"recipient":"embassy-london","locale":"nb"}""", "at-once")
                )
        );
        Assert.All(answers, answer => Assert.Equal(202, (int)answer.StatusCode));
        Assert.Single(answers.Select(answer => answer.Headers.Location!.ToString()).Distinct());
        Assert.Equal(before + 1, shared.Server.Query<long>("SELECT count(*) FROM packets"));
    }

    [Fact]
    public async Task Refusal_is_not_stored_and_the_key_stays_usable()
    {
        await CampaignServer.Expect(201, await SendAsync(shared.Staff, Campaigns, Draft("taken"), null));
        await (await SendAsync(shared.Staff, Campaigns, Draft("taken"), "refused")).ProblemAsync(409, "slug-taken");
        await (await SendAsync(shared.Staff, Campaigns, "{}", "refused")).ProblemAsync(400, "validation");
        await CampaignServer.Expect(201, await SendAsync(shared.Staff, Campaigns, Draft("free"), "refused"));
    }

    [Fact]
    public async Task Key_is_one_header_of_limited_length()
    {
        foreach (var key in (string[])["", new string('k', 201)])
            await (await SendAsync(shared.Staff, Campaigns, Draft("long-key"), key)).RefusesFieldsAsync(
                "Idempotency-Key"
            );
        await CampaignServer.Expect(
            201,
            await SendAsync(shared.Staff, Campaigns, Draft("long-key"), new string('k', 200))
        );
    }

    [Fact]
    public async Task Answers_survive_a_restart_and_are_forgotten_after_a_day()
    {
        var folder = Directory.CreateTempSubdirectory("campaign-").FullName;
        try
        {
            string token;
            string first;
            await using (var server = await CampaignServer.StartAsync(folder))
            {
                token = await server
                    .Services.GetRequiredService<StaffStore>()
                    .AddAsync("Test", Role.Administrator, [], Actor.Operator);
                using var staff = server.WithBearer(token);
                first = await (await SendAsync(staff, Campaigns, Draft("restarted"), "kept")).SeenAsync();
            }
            await using (var server = await CampaignServer.StartAsync(folder))
            {
                using var staff = server.WithBearer(token);
                Assert.Equal(first, await (await SendAsync(staff, Campaigns, Draft("restarted"), "kept")).SeenAsync());
                server.Clock.Advance(IdempotencyStore.Lifetime + TimeSpan.FromSeconds(1));
                await (await SendAsync(staff, Campaigns, Draft("restarted"), "kept")).ProblemAsync(409, "slug-taken");
                // A key that has expired can be used again before its row is deleted.
                await CampaignServer.Expect(201, await SendAsync(staff, Campaigns, Draft("next-day"), "kept"));
                Assert.Equal(1, server.Query<long>("SELECT count(*) FROM idempotency_keys"));
                server.Clock.Advance(IdempotencyStore.Lifetime + TimeSpan.FromSeconds(1));
                await server.RunAsync<ForgetIdempotencyKeysJob>();
                Assert.Equal(0, server.Query<long>("SELECT count(*) FROM idempotency_keys"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Neither_thing_nor_answer_is_written_when_the_transaction_fails()
    {
        var answers = shared.Server.Services.GetRequiredService<IdempotencyStore>();
        var key = new IdempotencyKey(17, [1], [2]);
        await Assert.ThrowsAsync<InvalidOperationException>(() => answers.RunAsync(key, write =>
            {
                write.Connection.Execute("INSERT INTO clock (id, seen_at) VALUES (99, 1)");
                throw new InvalidOperationException("The process dies here.");
            }));
        Assert.Null(answers.Find(key));
        Assert.Equal(0, shared.Server.Query<long>("SELECT count(*) FROM clock WHERE id = 99"));
        var stored = await answers.RunAsync(key, _ => new CreatedAnswer(201, "/x", null, [3]));
        Assert.Equal(stored.Value!.Body, answers.Find(key)!.Value.Value!.Body);
    }

    [Fact]
    public async Task Key_and_token_are_not_stored_in_the_clear()
    {
        await CampaignServer.Expect(
            202,
            await SendAsync(shared.Staff, Packets, """{"recipient":"embassy-london"}""", "kari@example.org")
        );
        var token = shared.Staff.DefaultRequestHeaders.Authorization!.Parameter!;
        foreach (var column in (string[])["key_hash", "request_hash", "body"])
        {
            var bytes = shared.Server.Query<byte[]>(
                $"SELECT {column} FROM idempotency_keys ORDER BY created_at DESC, staff_id DESC LIMIT 1"
            );
            foreach (var clear in (string[])["kari@example.org", token])
                Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(clear)));
        }
    }

    private static string Draft(string slug) => Example.Campaign(slug).ToJsonString();

    private static Task<HttpResponseMessage> SendAsync(HttpClient staff, string address, string body, string? key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = HttpAnswers.Json(body) };
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return staff.SendAsync(request);
    }
}
