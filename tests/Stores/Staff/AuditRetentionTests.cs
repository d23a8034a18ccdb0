using System.Data.Common;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Staff;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Staff;

/// <summary>How long the audit trail and the names in it stay.</summary>
public sealed class AuditRetentionTests : IAsyncLifetime
{
    private CampaignFixture _fixture = null!;

    private StaffStore Staff => _fixture.Get<StaffStore>();

    public async Task InitializeAsync() => _fixture = await new CampaignFixture().StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Sign_ins_stay_for_ninety_days_and_other_lines_longer()
    {
        var id = await AddAsync();
        var added = Actions().Count(action => action == "staff.add");
        await SignInAsync(id);
        _fixture.Clock.Advance(AuditRetention.SignInsStay - TimeSpan.FromMinutes(1));
        await ForgetAsync();
        Assert.Contains("session.new-device", Actions());
        _fixture.Clock.Advance(TimeSpan.FromMinutes(2));
        await ForgetAsync();
        Assert.DoesNotContain(Actions(), action => AuditRetention.SignIns.Contains(action));
        Assert.Equal(added, Actions().Count(action => action == "staff.add"));
        Assert.Contains("audit.forget", Actions());
    }

    [Fact]
    public async Task Sign_ins_of_an_ended_member_stay_for_thirty_days()
    {
        var (left, stayed) = (await AddAsync(), await AddAsync("Bart"));
        await SignInAsync(left);
        await SignInAsync(stayed);
        Assert.True(await Staff.RevokeAsync(left, Actor.Operator));
        _fixture.Clock.Advance(AuditRetention.EndedMemberStays - TimeSpan.FromMinutes(1));
        await ForgetAsync();
        Assert.Equal(2, Actions().Count(action => action == "session.new-device"));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await ForgetAsync();
        Assert.Equal(1, Actions().Count(action => action == "session.new-device"));
        Assert.Contains("staff.revoke", Actions());
    }

    [Fact]
    public async Task Trail_and_names_of_ended_members_stay_for_six_years()
    {
        var (left, stayed) = (await AddAsync(), await AddAsync("Bart"));
        Assert.True(await Staff.RevokeAsync(left, Actor.Operator));
        var now = _fixture.Clock.GetUtcNow();
        _fixture.Clock.Advance(now.AddYears(6) - now - TimeSpan.FromMinutes(1));
        await ForgetAsync();
        Assert.Contains("staff.revoke", Actions());
        Assert.Equal(["Anne", "Bart"], Staff.List().Select(member => member.Name));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(2));
        await ForgetAsync();
        Assert.Equal(["audit.forget"], Actions());
        Assert.Equal([stayed], Staff.List().Select(member => member.Id));
        Assert.Equal([stayed], _fixture.Get<MemberStore>().List().Select(member => member.Id));
    }

    [Fact]
    public async Task Database_refuses_to_delete_a_line_that_is_not_old()
    {
        var id = await AddAsync();
        await SignInAsync(id);
        _fixture.Clock.Advance(AuditRetention.EndedMemberStays - TimeSpan.FromDays(1));
        await _fixture.Get<AuditStore>().WriteAsync(Actor.Operator, "now");
        await Assert.ThrowsAnyAsync<DbException>(() => DeleteAsync("session.new-device"));
        _fixture.Clock.Advance(TimeSpan.FromDays(2));
        await _fixture.Get<AuditStore>().WriteAsync(Actor.Operator, "now");
        await DeleteAsync("session.new-device");
        await Assert.ThrowsAnyAsync<DbException>(() => DeleteAsync("staff.add"));
    }

    [Fact]
    public async Task First_sign_in_on_a_device_is_told_apart()
    {
        var id = await AddAsync();
        await SignInAsync(id);
        await SignInAsync(id);
        await SignInAsync(id, "Safari, iOS");
        var lines = _fixture.Get<AuditStore>().ListAccess(id, 10);
        Assert.Equal(
            ["session.new-device", "session.start", "session.new-device", "staff.add"],
            lines.Select(line => line.Action)
        );
        Assert.Equal("Safari, iOS", lines[0].Detail);
        Assert.Equal(2, _fixture.Get<AuditStore>().ListAccess(id, 2).Count);
    }

    private Task ForgetAsync() => _fixture.Get<AuditRetentionStore>().ForgetAsync(default);

    private Task<long> AddAsync(string name = "Anne") => Staff.EnsureAsync(name, Role.Auditor, []);

    private Task<string> SignInAsync(long id, string device = "Firefox, Linux") =>
        _fixture.Get<SessionStore>().StartAsync(id, device, secondFactor: true);

    private Task<int> DeleteAsync(string action) =>
        _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute("DELETE FROM audit WHERE action = @action", new { action })
        );

    private List<string> Actions() =>
        _fixture.Query(connection => connection.Query<string>("SELECT action FROM audit ORDER BY id").ToList());
}
