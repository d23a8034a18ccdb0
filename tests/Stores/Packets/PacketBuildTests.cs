using System.Text;
using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Campaigns.Db.Packets;
using Campaigns.Db.Signatures;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Packets.Build;
using Dapper;

namespace Campaigns.Tests.Stores.Packets;

/// <summary>What can happen to a packet while it is built.</summary>
#pragma warning disable CA1001 // Disposed of by DisposeAsync.
public sealed class PacketBuildTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private readonly PacketFixture _fixture = new();

    public Task InitializeAsync() => _fixture.StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Removal_during_a_build_restarts_the_build()
    {
        await _fixture.ConfirmPersonAsync("Stays Here");
        var withdrawn = await _fixture.ConfirmPersonAsync("Leaves Soon");
        await _fixture.SealAllAsync();
        var id = await _fixture.RequestAsync();
        var claimed = (await _fixture.Queue.ClaimNextAsync("test"))!;
        using (
            var staging = new PacketStaging(_fixture.Get<PacketFolder>().CreateWorkFolder(id, claimed.Packet.Attempt))
        )
        {
            var (manifest, jws, _) = _fixture.BuildParts(claimed, staging)!;
            await _fixture.WithdrawAsync(withdrawn);
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
    public async Task Disclosure_raised_between_the_two_passes_is_detected()
    {
        var signer = await _fixture.ConfirmPersonAsync("Braver Now", Disclosure.Initials);
        var secondPass = await CountAsync();
        await _fixture
            .Get<MySignatureStore>()
            .ChangeAsync(
                _fixture.Link(Campaigns.Crypto.LinkPurpose.Manage, signer),
                new SignatureChange(Disclosure.Name, null)
            );

        Assert.Single(secondPass.Read(default).SelectMany(page => page));
        Assert.True(secondPass.SourceChanged);
    }

    [Fact]
    public async Task Signer_withdrawn_between_the_two_passes_is_not_read()
    {
        var withdrawn = await _fixture.ConfirmPersonAsync("Leaves Soon");
        var secondPass = await CountAsync();
        await _fixture.WithdrawAsync(withdrawn);

        Assert.Empty(secondPass.Read(default));
        Assert.True(secondPass.SourceChanged);
    }

    [Fact]
    public async Task Killed_build_is_finished_by_the_next_worker()
    {
        await _fixture.ConfirmPersonAsync("Kari Nordmann");
        await _fixture.SealAllAsync();
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
        // On a shared database the lease has to expire, because a starting process cannot know that the earlier
        // one is dead.
        _fixture.Clock.Advance(Lease.Duration + DatabaseUnderTest.ClockSkewAllowance);
        Assert.Null(_fixture.Packets.OpenFile(id));
        await _fixture.RunAsync();
        Assert.Equal(1, PacketTests.Occurrences(_fixture.VolumesText(id), "Kari Nordmann"));
        // The dead worker's file is deleted once its attempt is no longer the newest.
        Assert.Single(Directory.EnumerateDirectories(_fixture.PacketFolder));
        await _fixture.SweepAsync();
        Assert.Empty(Directory.EnumerateDirectories(_fixture.PacketFolder));
        Assert.Equal(2, Directory.EnumerateFiles(_fixture.PacketFolder).Count());
    }

    // Its commit waited for a standby, or the process was paused, and no other worker was free to claim the
    // packet.
    [Fact]
    public async Task Build_whose_lease_expired_unclaimed_keeps_its_file()
    {
        await _fixture.ConfirmPersonAsync("Kari Nordmann");
        await _fixture.SealAllAsync();
        var id = await _fixture.RequestAsync();
        var late = (await _fixture.Queue.ClaimNextAsync("late"))!;
        using var staging = new PacketStaging(_fixture.Get<PacketFolder>().CreateWorkFolder(id, late.Packet.Attempt));
        var (manifest, jws, _) = _fixture.BuildParts(late, staging)!;
        var key = EncryptedFile.NewKey();
        var (path, bytes) = staging.Assemble(key);
        var name = PacketFolder.FileName(id, late.Packet.Attempt);
        _fixture.Get<PacketFolder>().Publish(path, name);

        _fixture.Clock.Advance(Lease.Duration + DatabaseUnderTest.ClockSkewAllowance + TimeSpan.FromSeconds(1));
        await _fixture.SweepAsync();
        Assert.Equal(
            PublishResult.Published,
            await _fixture.Queue.PublishAsync(late, name, bytes, key, manifest, jws, default)
        );
        await _fixture.SweepAsync();
        Assert.Equal(1, PacketTests.Occurrences(_fixture.VolumesText(id), "Kari Nordmann"));
    }

    [Fact]
    public async Task Builder_without_lease_cannot_publish()
    {
        await _fixture.ConfirmPersonAsync("Kari Nordmann");
        await _fixture.SealAllAsync();
        var id = await _fixture.RequestAsync();
        var late = (await _fixture.Queue.ClaimNextAsync("late"))!;
        Assert.Null(await _fixture.Queue.ClaimNextAsync("early"));
        _fixture.Clock.Advance(Lease.Duration + DatabaseUnderTest.ClockSkewAllowance + TimeSpan.FromSeconds(1));
        Assert.NotNull(await _fixture.Queue.ClaimNextAsync("other"));

        Assert.False(await _fixture.Queue.RenewAsync(late.Packet, 1, 2, default));
        using (var staging = new PacketStaging(_fixture.Get<PacketFolder>().CreateWorkFolder(id, late.Packet.Attempt)))
        {
            var (manifest, jws, _) = _fixture.BuildParts(late, staging)!;
            Assert.Equal(
                PublishResult.LeaseLost,
                await _fixture.Queue.PublishAsync(late, "x", 1, new byte[32], manifest, jws, default)
            );
        }
        await _fixture.Queue.FailAsync(late.Packet, "error", default);
        Assert.Equal(PacketStatus.Building, _fixture.Packets.Find(id)!.Status);
    }

    [Fact]
    public async Task Failed_packet_has_a_reason_and_can_be_requested_again()
    {
        await _fixture.ConfirmPersonAsync("Kari Nordmann");
        await _fixture.SealAllAsync();
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
        await _fixture.ConfirmPersonAsync("Kari Nordmann");
        await _fixture.SealAllAsync();
        var (broken, whole) = (await _fixture.RequestAsync(), await _fixture.RequestAsync(locale: "nl"));
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
    /// Claims a packet and runs its first pass. Returns the second pass, which has not begun.
    /// </summary>
    private async Task<PacketLines> CountAsync()
    {
        await _fixture.SealAllAsync();
        await _fixture.RequestAsync();
        var claimed = (await _fixture.Queue.ClaimNextAsync("test"))!;
        var reader = _fixture.Get<PacketReader>();
        var recipient = reader.FindRecipient(claimed.Packet)!;
        return new PacketLines(reader, claimed, recipient, PacketPlan.Read(reader, claimed, recipient, default));
    }
}
