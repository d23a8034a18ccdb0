using System.Text;
using Campaigns.Db.Packets;
using Campaigns.Db.Signatures;
using Campaigns.Tests.Running;
using Campaigns.Worker.Packets;
using Dapper;

namespace Campaigns.Tests.Packets;

/// <summary>What befalls a packet while it is built.</summary>
#pragma warning disable CA1001 // Disposed of by DisposeAsync.
public sealed class PacketBuildTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private readonly PacketWorld _world = new();

    public Task InitializeAsync() => _world.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task A_removal_while_a_packet_is_built_starts_it_over()
    {
        await _world.SignAsync("Stays Here");
        var leaver = await _world.SignAsync("Leaves Soon");
        await _world.SealAsync();
        var id = await _world.RequestAsync();
        var claimed = (await _world.Queue.ClaimNextAsync("test"))!;
        using (var parts = new PacketStaging(_world.Get<PacketFolder>().CreateWorkFolder(id, claimed.Packet.Attempt)))
        {
            var (manifest, jws) = _world.BuildParts(claimed, parts)!.Value;
            await _world.WithdrawAsync(leaver);
            Assert.Equal(PublishResult.SourceChanged, await _world.Queue.PublishAsync(claimed, "x", 1, new byte[32], manifest, jws, default));
        }
        await _world.Queue.ReleaseAsync(claimed.Packet, default);
        await _world.RunAsync();
        Assert.Equal(PacketStatus.Ready, _world.Packets.Find(id)!.Status);
        Assert.DoesNotContain("Leaves", _world.VolumesText(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disclosure_raised_between_the_two_walks_is_noticed()
    {
        var signer = await _world.SignAsync("Braver Now", Disclosure.Initials);
        var walk = await CountAsync();
        await _world.Get<MySignatureStore>().ChangeAsync(_world.Token(Campaigns.Db.Keys.LinkPurpose.Manage, signer), new SignatureChange(Disclosure.Name, null));

        Assert.Single(walk.Read(default).SelectMany(page => page));
        Assert.True(walk.SourceChanged);
    }

    [Fact]
    public async Task Whoever_withdraws_between_the_two_walks_is_not_read()
    {
        var leaver = await _world.SignAsync("Leaves Soon");
        var walk = await CountAsync();
        await _world.WithdrawAsync(leaver);

        Assert.Empty(walk.Read(default));
        Assert.True(walk.SourceChanged);
    }

    [Fact]
    public async Task A_build_that_was_killed_is_finished_by_the_next_worker()
    {
        await _world.SignAsync("Kari Nordmann");
        await _world.SealAsync();
        var id = await _world.RequestAsync();
        var claimed = (await _world.Queue.ClaimNextAsync("dead"))!;
        var parts = new PacketStaging(_world.Get<PacketFolder>().CreateWorkFolder(id, claimed.Packet.Attempt));
        Assert.NotNull(_world.BuildParts(claimed, parts));
        parts.Assemble(new byte[32]);
        foreach (var file in Directory.EnumerateFiles(_world.PacketFolder, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain("Nordmann", Encoding.UTF8.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal);

        await _world.RestartAsync();
        // Where others serve too, whoever starts cannot know that the one before is dead: its lease has to run out.
        _world.Clock.Advance(PacketQueue.Lease + DatabaseUnderTest.LeaseMargin);
        Assert.Null(_world.Packets.OpenFile(id));
        await _world.RunAsync();
        Assert.Equal(1, PacketTests.Occurrences(_world.VolumesText(id), "Kari Nordmann"));
        // What the dead one left goes once its attempt is no longer the newest.
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(_world.PacketFolder).Count());
        await _world.SweepAsync();
        Assert.Single(Directory.EnumerateFileSystemEntries(_world.PacketFolder));
    }

    // As when its commit waited for a standby, or its process stood still, while nobody else was free to claim it.
    [Fact]
    public async Task A_build_whose_lease_ran_out_before_it_was_ready_keeps_its_file()
    {
        await _world.SignAsync("Kari Nordmann");
        await _world.SealAsync();
        var id = await _world.RequestAsync();
        var late = (await _world.Queue.ClaimNextAsync("late"))!;
        using var parts = new PacketStaging(_world.Get<PacketFolder>().CreateWorkFolder(id, late.Packet.Attempt));
        var (manifest, jws) = _world.BuildParts(late, parts)!.Value;
        var key = EncryptedFile.NewKey();
        var (path, bytes) = parts.Assemble(key);
        var name = PacketFolder.FileName(id, late.Packet.Attempt);
        _world.Get<PacketFolder>().Publish(path, name);

        _world.Clock.Advance(PacketQueue.Lease + DatabaseUnderTest.LeaseMargin + TimeSpan.FromSeconds(1));
        await _world.SweepAsync();
        Assert.Equal(PublishResult.Published, await _world.Queue.PublishAsync(late, name, bytes, key, manifest, jws, default));
        await _world.SweepAsync();
        Assert.Equal(1, PacketTests.Occurrences(_world.VolumesText(id), "Kari Nordmann"));
    }

    [Fact]
    public async Task Whoever_lost_the_lease_changes_nothing()
    {
        await _world.SignAsync("Kari Nordmann");
        await _world.SealAsync();
        var id = await _world.RequestAsync();
        var late = (await _world.Queue.ClaimNextAsync("late"))!;
        Assert.Null(await _world.Queue.ClaimNextAsync("early"));
        _world.Clock.Advance(PacketQueue.Lease + DatabaseUnderTest.LeaseMargin + TimeSpan.FromSeconds(1));
        Assert.NotNull(await _world.Queue.ClaimNextAsync("other"));

        Assert.False(await _world.Queue.RenewAsync(late.Packet, 1, 2, default));
        using (var parts = new PacketStaging(_world.Get<PacketFolder>().CreateWorkFolder(id, late.Packet.Attempt)))
        {
            var (manifest, jws) = _world.BuildParts(late, parts)!.Value;
            Assert.Equal(PublishResult.LeaseLost, await _world.Queue.PublishAsync(late, "x", 1, new byte[32], manifest, jws, default));
        }
        await _world.Queue.FailAsync(late.Packet, "error", default);
        Assert.Equal(PacketStatus.Building, _world.Packets.Find(id)!.Status);
    }

    [Fact]
    public async Task A_packet_that_cannot_be_built_fails_with_a_word_and_not_for_ever()
    {
        await _world.SignAsync("Kari Nordmann");
        await _world.SealAsync();
        var id = await _world.RequestAsync();
        await _world.Database.Writes.RunAsync(write => write.Connection.Execute("UPDATE signatures SET person = @broken", new { broken = new byte[40] }));
        await _world.RunAsync();
        var packet = _world.Packets.Find(id)!;
        Assert.Equal((PacketStatus.Failed, "keys"), (packet.Status, packet.Failure));
    }

    [Fact]
    public async Task Packet_whose_line_key_does_not_decrypt_fails()
    {
        await _world.SignAsync("Kari Nordmann");
        await _world.SealAsync();
        var (broken, whole) = (await _world.RequestAsync(), await _world.RequestAsync());
        await _world.Database.Writes.RunAsync(write => write.Connection.Execute(
            "UPDATE packets SET line_key = @key WHERE id = @broken", new { broken, key = new byte[60] }));
        await _world.RunAsync();
        Assert.Equal((PacketStatus.Failed, "keys"), (_world.Packets.Find(broken)!.Status, _world.Packets.Find(broken)!.Failure));
        Assert.Equal(PacketStatus.Ready, _world.Packets.Find(whole)!.Status);
    }

    /// <summary>A claimed packet after its first walk; returns the second, which has not begun.</summary>
    private async Task<PacketLines> CountAsync()
    {
        await _world.SealAsync();
        await _world.RequestAsync();
        var claimed = (await _world.Queue.ClaimNextAsync("test"))!;
        var source = _world.Get<PacketReader>();
        var recipient = source.FindRecipient(claimed.Packet)!;
        return new PacketLines(source, claimed, recipient, PacketPlan.Read(source, claimed, recipient, default));
    }
}
