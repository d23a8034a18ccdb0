using System.Diagnostics;
using System.Net.Http.Json;
using Campaigns.Tests.Running;
using Dapper;

namespace Campaigns.Tests.Safety;

/// <summary>A disk that runs full under a running server, and is emptied again.</summary>
public sealed class FullDiskTests
{
    [SmallDiskFact]
    public async Task A_full_disk_is_said_so_and_nothing_is_acknowledged_until_there_is_room_again()
    {
        var mount = Directory.CreateTempSubdirectory("campaign-disk-").FullName;
        Assert.Equal(0, Run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", mount));
        try
        {
            var data = Path.Combine(mount, "data");
            var token = (await CampaignProcess.RunAsync(["staff", "add", "Disk", "--role", "administrator", .. CampaignProcess.On(data)])).Output.Trim();
            await using var server = await CampaignProcess.ServeAsync(data, "--Ledger:MinBatch=1000");
            await KillTests.OpenAsync(server.Http, token);
            var mail = new Mailbox(Path.Combine(data, "mail"));
            await CampaignServer.Expect(202, await server.Http.PostAsJsonAsync(KillTests.Signing, CampaignServer.Signature("before@example.org")));
            await mail.WaitForAsync("before@example.org", "/confirm/");
            var ballast = Path.Combine(mount, "ballast");
            Fill(ballast);

            var acknowledged = new List<string>();
            var statuses = new HashSet<int>();
            for (var i = 0; i < 400 && !statuses.Contains(503); i++)
            {
                var answer = await server.Http.PostAsJsonAsync(KillTests.Signing, CampaignServer.Signature($"full{i}@example.org"));
                statuses.Add((int)answer.StatusCode);
                // What room the log still has is used; then every answer is a problem, none an accepted signature.
                if ((int)answer.StatusCode == 202) acknowledged.Add($"full{i}@example.org");
                else await answer.ProblemAsync(503, "overloaded");
            }
            Assert.Contains(503, statuses);
            var ready = await server.Http.GetAsync("/healthz/ready");
            Assert.Equal(503, (int)ready.StatusCode);
            Assert.Contains("writes", (await ready.BodyAsync())["missing"]!.AsObject().Select(missing => missing.Key));
            await CampaignServer.Expect(200, await server.Http.GetAsync("/healthz/live"));
            await CampaignServer.Expect(200, await server.Http.GetAsync(KillTests.Counts));

            File.Delete(ballast);
            await CampaignServer.UntilAsync(async () => (int)(await server.Http.GetAsync("/healthz/ready")).StatusCode == 200, "not ready again");
            await CampaignServer.Expect(202, await server.Http.PostAsJsonAsync(KillTests.Signing, CampaignServer.Signature("after@example.org")));
            foreach (var address in acknowledged.Append("after@example.org")) await mail.WaitForAsync(address, "/confirm/");
            using var database = CampaignProcess.Open(data);
            Assert.Equal(acknowledged.Count + 2, database.QuerySingle<long>("SELECT count(*) FROM signatures"));
            Assert.Equal(acknowledged.Count + 2, database.QuerySingle<long>("SELECT count(*) FROM letters"));
            Assert.Equal("ok", database.QuerySingle<string>("PRAGMA integrity_check"));
        }
        finally
        {
            Run("umount", "-l", mount);
            Directory.Delete(mount);
        }
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in (int[])[1 << 20, 1 << 12])
        {
            var block = new byte[size];
            try
            {
                while (true) file.Write(block);
            }
            catch (IOException)
            {
                // Full for blocks of this size.
            }
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}

/// <summary>A disk of its own takes root on Linux to mount. Elsewhere the test is skipped and says so; where CI runs it has to run.</summary>
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") is null && (!OperatingSystem.IsLinux() || Environment.UserName != "root"))
            Skip = "Only root on Linux can mount a small disk to fill.";
    }
}
