using System.Text;
using Campaigns.Db.Packets;
using Campaigns.Db.Signatures;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Packets;
using Dapper;

namespace Campaigns.Tests.Packets;

/// <summary>What befalls a packet while it is built.</summary>
#pragma warning disable CA1001 // Disposed of by DisposeAsync.
public sealed class PacketBuildTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private readonly PacketFixture _fixture = new();

    public Task InitializeAsync() => _fixture.StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task A_removal_while_a_packet_is_built_starts_it_over()
    {
        await _fixture.SignAsync("Stays Here");
        var leaver = await _fixture.SignAsync("Leaves Soon");
        await _fixture.SealAsync();
        var id = await _fixture.RequestAsync();
        var claimed = (await _fixture.Queue.ClaimNextAsync("test"))!;
        using (
            var staging = new PacketStaging(_fixture.Get<PacketFolder>().CreateWorkFolder(id, claimed.Packet.Attempt))
        )
        {
            var (manifest, jws) = _fixture.BuildParts(claimed, staging)!.Value;
            await _fixture.WithdrawAsync(leaver);
            Assert.Equal(
                PublishResult.SourceChanged,
                await _fixture.Queue.PublishAsync(claimed, "x", 1, new byte[32], manifest, jws, default)
            );
        }
        await _fixture.Queue.ReleaseAsync(claimed.Packet, default);
        await _fixture.RunAsync();
        Assert.Equal(PacketStatus.Ready, _fixture.Packets.Find(id)!.Status);
        Assert.DoesNotContain("Leaves", _fixture.VolumesText(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disclosure_raised_between_the_two_walks_is_noticed()
    {
        var signer = await _fixture.SignAsync("Braver Now", Disclosure.Initials);
        var walk = await CountAsync();
        await _fixture
            .Get<MySignatureStore>()
            .ChangeAsync(
                _fixture.Token(Campaigns.Db.Keys.LinkPurpose.Manage, signer),
                new SignatureChange(Disclosure.Name, null)
            );

        Assert.Single(walk.Read(default).SelectMany(page => page));
        Assert.True(walk.SourceChanged);
    }

    [Fact]
    public async Task Whoever_withdraws_between_the_two_walks_is_not_read()
    {
        var leaver = await _fixture.SignAsync("Leaves Soon");
        var walk = await CountAsync();
        await _fixture.WithdrawAsync(leaver);

        Assert.Empty(walk.Read(default));
        Assert.True(walk.SourceChanged);
    }

    [Fact]
    public async Task A_build_that_was_killed_is_finished_by_the_next_worker()
    {
        await _fixture.SignAsync("Kari Nordmann");
        await _fixture.SealAsync();
        var id = await _fixture.RequestAsync();
        var claimed = (await _fixture.Queue.ClaimNextAsync("dead"))!;
        var staging = new PacketStaging(_fixture.Get<PacketFolder>().CreateWorkFolder(id, claimed.Packet.Attempt));
        Assert.NotNull(_fixture.BuildParts(claimed, staging));
        staging.Assemble(new byte[32]);
        foreach (var file in Directory.EnumerateFiles(_fixture.PacketFolder, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain(
                "Nordmann",
                Encoding.UTF8.GetString(File.ReadAllBytes(file)),
                StringComparison.Ordinal
            );

        await _fixture.RestartAsync();
        // Where others serve too, whoever starts cannot know that the one before is dead: its lease has to run out.
        _fixture.Clock.Advance(PacketQueue.Lease + DatabaseUnderTest.LeaseMargin);
        Assert.Null(_fixture.Packets.OpenFile(id));
        await _fixture.RunAsync();
        Assert.Equal(1, PacketTests.Occurrences(_fixture.VolumesText(id), "Kari Nordmann"));
        // What the dead one left goes once its attempt is no longer the newest.
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(_fixture.PacketFolder).Count());
        await _fixture.SweepAsync();
        Assert.Single(Directory.EnumerateFileSystemEntries(_fixture.PacketFolder));
    }

    // As when its commit waited for a standby, or its process stood still, while nobody else was free to claim it.
    [Fact]
    public async Task A_build_whose_lease_ran_out_before_it_was_ready_keeps_its_file()
    {
        await _fixture.SignAsync("Kari Nordmann");
        await _fixture.SealAsync();
        var id = await _fixture.RequestAsync();
        var late = (await _fixture.Queue.ClaimNextAsync("late"))!;
        using var staging = new PacketStaging(_fixture.Get<PacketFolder>().CreateWorkFolder(id, late.Packet.Attempt));
        var (manifest, jws) = _fixture.BuildParts(late, staging)!.Value;
        var key = EncryptedFile.NewKey();
        var (path, bytes) = staging.Assemble(key);
        var name = PacketFolder.FileName(id, late.Packet.Attempt);
        _fixture.Get<PacketFolder>().Publish(path, name);

        _fixture.Clock.Advance(PacketQueue.Lease + DatabaseUnderTest.LeaseMargin + TimeSpan.FromSeconds(1));
        await _fixture.SweepAsync();
        Assert.Equal(
            PublishResult.Published,
            await _fixture.Queue.PublishAsync(late, name, bytes, key, manifest, jws, default)
        );
        await _fixture.SweepAsync();
        Assert.Equal(1, PacketTests.Occurrences(_fixture.VolumesText(id), "Kari Nordmann"));
    }

    [Fact]
    public async Task Whoever_lost_the_lease_changes_nothing()
    {
        await _fixture.SignAsync("Kari Nordmann");
        await _fixture.SealAsync();
        var id = await _fixture.RequestAsync();
        var late = (await _fixture.Queue.ClaimNextAsync("late"))!;
        Assert.Null(await _fixture.Queue.ClaimNextAsync("early"));
        _fixture.Clock.Advance(PacketQueue.Lease + DatabaseUnderTest.LeaseMargin + TimeSpan.FromSeconds(1));
        Assert.NotNull(await _fixture.Queue.ClaimNextAsync("other"));

        Assert.False(await _fixture.Queue.RenewAsync(late.Packet, 1, 2, default));
        using (var staging = new PacketStaging(_fixture.Get<PacketFolder>().CreateWorkFolder(id, late.Packet.Attempt)))
        {
            var (manifest, jws) = _fixture.BuildParts(late, staging)!.Value;
            Assert.Equal(
                PublishResult.LeaseLost,
                await _fixture.Queue.PublishAsync(late, "x", 1, new byte[32], manifest, jws, default)
            );
        }
        await _fixture.Queue.FailAsync(late.Packet, "error", default);
        Assert.Equal(PacketStatus.Building, _fixture.Packets.Find(id)!.Status);
    }

    [Fact]
    public async Task A_packet_that_cannot_be_built_fails_with_a_word_and_not_for_ever()
    {
        await _fixture.SignAsync("Kari Nordmann");
        await _fixture.SealAsync();
        var id = await _fixture.RequestAsync();
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE signatures SET person = @broken", new { broken = new byte[40] })
        );
        await _fixture.RunAsync();
        var packet = _fixture.Packets.Find(id)!;
        Assert.Equal((PacketStatus.Failed, "keys"), (packet.Status, packet.Failure));
    }

    [Fact]
    public async Task Packet_whose_line_key_does_not_decrypt_fails()
    {
        await _fixture.SignAsync("Kari Nordmann");
        await _fixture.SealAsync();
        var (broken, whole) = (await _fixture.RequestAsync(), await _fixture.RequestAsync());
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                "UPDATE packets SET line_key = @key WHERE id = @broken",
                new { broken, key = new byte[60] }
            )
        );
        await _fixture.RunAsync();
        Assert.Equal(
            (PacketStatus.Failed, "keys"),
            (_fixture.Packets.Find(broken)!.Status, _fixture.Packets.Find(broken)!.Failure)
        );
        Assert.Equal(PacketStatus.Ready, _fixture.Packets.Find(whole)!.Status);
    }

    /// <summary>
    /// A claimed packet after its first walk; returns the second, which has not begun.
    /// </summary>
    private async Task<PacketLines> CountAsync()
    {
        await _fixture.SealAsync();
        await _fixture.RequestAsync();
        var claimed = (await _fixture.Queue.ClaimNextAsync("test"))!;
        var reader = _fixture.Get<PacketReader>();
        var recipient = reader.FindRecipient(claimed.Packet)!;
        return new PacketLines(reader, claimed, recipient, PacketPlan.Read(reader, claimed, recipient, default));
    }
}
