using Campaigns.Db.Staff;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// The same <c>Idempotency-Key</c> at two processes at once. SQLite has one writer, so there it
/// cannot happen.
/// </summary>
[Trait("Database", "postgres")]
public sealed class ConcurrentIdempotencyTests : IAsyncLifetime
{
    private TwoProcesses _two = null!;

    public async Task InitializeAsync() => _two = await TwoProcesses.StartAsync();

    public async Task DisposeAsync() => await _two.DisposeAsync();

    [Fact]
    public async Task Second_process_waits_for_the_first_and_gets_its_answer()
    {
        var key = new IdempotencyKey(17, [1], [2]);
        var (first, second) = await _two.RunTogetherAsync(
            atEnd =>
                _two.One.Get<IdempotencyStore>()
                    .RunAsync(key, _ =>
                    {
                        atEnd();
                        return new CreatedAnswer(201, "/first", null, [1]);
                    }),
            () => _two.Other.Get<IdempotencyStore>().RunAsync(key, _ => new CreatedAnswer(201, "/second", null, [2]))
        );
        Assert.Equal("/first", first.Value!.Location);
        Assert.Equal("/first", second.Value!.Location);
        var other = await _two
            .Other.Get<IdempotencyStore>()
            .RunAsync(key with { RequestHash = [3] }, _ => new CreatedAnswer(201, "/third", null, [3]));
        Assert.Equal(Refusal.IdempotencyKeyReused, other.Refusal);
    }
}
