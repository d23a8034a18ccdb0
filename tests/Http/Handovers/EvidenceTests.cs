using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Handovers;
using Campaigns.Tests.Infrastructure;
using SkiaSharp;

namespace Campaigns.Tests.Http.Handovers;

/// <summary>Files of evidence over HTTP.</summary>
public sealed class EvidenceTests(HandoverServer shared) : IClassFixture<HandoverServer>
{
    private static readonly byte[] _pdf = Encoding.ASCII.GetBytes("%PDF-1.7\n% made by a person\n%%EOF\n");

    [Fact]
    public async Task Pictures_stay_as_upright_pixels_and_a_pdf_as_it_is()
    {
        var (address, evidence) = await AttemptedAsync();
        var jpeg = TestPicture.LyingJpeg();
        Assert.True(Has(jpeg, TestPicture.Secret));
        var added = await CampaignServer.Expect(201, await SendAsync(evidence, jpeg, TestPicture.Png(), _pdf));
        var items = (await added.BodyAsync())["items"]!.AsArray();
        Assert.Equal([1, 2, 3], items.Select(item => (int)item!["k"]!));
        Assert.Equal(["image/jpeg", "image/png", "application/pdf"], items.Select(item => (string?)item!["mediaType"]));

        var (first, headers) = await DownloadAsync($"{evidence}/1");
        Assert.Equal("image/jpeg", headers.ContentType?.MediaType);
        Assert.Equal("attachment", headers.ContentDisposition?.DispositionType);
        foreach (var word in (string[])[TestPicture.Secret, "Exif", "ICC_PROFILE"])
            Assert.False(Has(first, word));
        using (var upright = SKBitmap.Decode(first))
        {
            Assert.Equal((TestPicture.Height, TestPicture.Width), (upright.Width, upright.Height));
            Assert.True(upright.GetPixel(10, 2).Red > 200);
            Assert.True(upright.GetPixel(10, TestPicture.Width - 3).Blue > 200);
        }
        var (second, _) = await DownloadAsync($"{evidence}/2");
        using (var same = SKBitmap.Decode(second))
            Assert.Equal((TestPicture.Width, SKColors.Red), (same.Width, same.GetPixel(1, 1)));
        Assert.Equal(_pdf, (await DownloadAsync($"{evidence}/3")).Content);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(second)), (string?)items[1]!["sha256"]);
        var shown = (await shared.ReadAsync(address))["attempts"]![0]!["evidence"]!.AsArray();
        Assert.True(JsonNode.DeepEquals(items, shown));
        Assert.Equal(
            3,
            shared.Server.Query<long>(
                "SELECT count(*) FROM audit WHERE action = 'handover.evidence' AND subject = @id",
                new { id = address.Split('/')[^1] }
            )
        );
        var stored = Directory.EnumerateFiles(Path.Combine(shared.Server.Folder, "evidence")).ToList();
        Assert.True(stored.Count >= 3);
        Assert.DoesNotContain(stored, file => Has(File.ReadAllBytes(file), "made by a person"));
    }

    [Fact]
    public async Task Download_runs_nothing_in_the_console()
    {
        var (_, evidence) = await AttemptedAsync();
        await CampaignServer.Expect(201, await SendAsync(evidence, _pdf));
        var answer = await CampaignServer.Expect(200, await shared.Staff.GetAsync($"{evidence}/1"));
        Assert.Equal(["default-src 'none'; sandbox"], answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
    }

    [Fact]
    public async Task Other_types_and_too_much_are_refused_and_leave_nothing()
    {
        var (address, evidence) = await AttemptedAsync();
        await (await SendAsync(evidence, _pdf, "GIF89a"u8.ToArray())).ProblemAsync(415, "evidence-type");
        await (await SendAsync(evidence, TestPicture.Png()[..40])).ProblemAsync(415, "evidence-type");
        await (await shared.Staff.PostAsJsonAsync(evidence, new { })).ProblemAsync(415, "evidence-type");
        await (await SendAsync(evidence)).ProblemAsync(400, "malformed-body");
        var large = new byte[EvidenceRules.MostBytes + 1];
        _pdf.CopyTo(large, 0);
        await (await SendAsync(evidence, large)).ProblemAsync(413, "body-too-large");
        await (await SendAsync(evidence, [.. Enumerable.Repeat(_pdf, 21)])).ProblemAsync(400, "validation");
        await CampaignServer.Expect(404, await SendAsync($"{address}/attempts/2/evidence", _pdf));
        Assert.Empty((await shared.ReadAsync(address))["attempts"]![0]!["evidence"]!.AsArray());

        await CampaignServer.Expect(201, await SendAsync(evidence, [.. Enumerable.Repeat(_pdf, 20)]));
        await (await SendAsync(evidence, _pdf)).ProblemAsync(400, "validation");
    }

    [Fact]
    public async Task Files_of_a_campaign_have_a_limit()
    {
        var slug = await shared.Server.OpenCampaignAsync("evidence-limit");
        var (_, evidence) = await AttemptedAsync(slug);
        await CampaignServer.Expect(201, await SendAsync(evidence, _pdf));
        await shared.Server.WriteAsync(
            """
            UPDATE handover_evidence SET bytes = @bytes
            WHERE campaign_id = (SELECT id FROM campaigns WHERE slug = @slug)
            """,
            new { bytes = EvidenceRules.MostBytesOfCampaign, slug }
        );
        await (await SendAsync(evidence, _pdf)).ProblemAsync(413, "evidence-full");
    }

    [Fact]
    public async Task Erased_file_is_gone_and_its_number_is_not_used_again()
    {
        var (address, evidence) = await AttemptedAsync();
        await CampaignServer.Expect(201, await SendAsync(evidence, _pdf, _pdf));
        await (await DeleteAsync($"{evidence}/2", new { })).ProblemAsync(400, "validation");
        await CampaignServer.Expect(204, await DeleteAsync($"{evidence}/2", new { reason = "shows a face" }));
        await CampaignServer.Expect(404, await DeleteAsync($"{evidence}/2", new { reason = "again" }));
        await CampaignServer.Expect(404, await shared.Staff.GetAsync($"{evidence}/2"));
        var added = await (await CampaignServer.Expect(201, await SendAsync(evidence, _pdf))).BodyAsync();
        Assert.Equal(3, (int)added["items"]![0]!["k"]!);
        var shown = (await shared.ReadAsync(address))["attempts"]![0]!["evidence"]!.AsArray();
        Assert.Equal([1, 3], shown.Select(item => (int)item!["k"]!));
    }

    [Fact]
    public async Task Answers_have_evidence_and_auditors_see_none()
    {
        var (address, _) = await AttemptedAsync();
        await shared.AnswerAsync(address, shared.Today(), "full");
        var evidence = $"{address}/answer/1/evidence";
        await CampaignServer.Expect(201, await SendAsync(evidence, _pdf));
        Assert.Equal(_pdf, (await DownloadAsync($"{evidence}/1")).Content);
        Assert.Single((await shared.ReadAsync(address))["answer"]!["evidence"]!.AsArray());
        using var auditor = await shared.Server.StaffAsync(Role.Auditor);
        await CampaignServer.Expect(404, await auditor.GetAsync($"{evidence}/1"));
        var seen = await (await CampaignServer.Expect(200, await auditor.GetAsync(address))).BodyAsync();
        Assert.Empty(seen["answer"]!["evidence"]!.AsArray());
        using var london = await shared.Server.StaffAsync(Role.Organiser, "GB");
        await CampaignServer.Expect(404, await london.GetAsync($"{evidence}/1"));
        await CampaignServer.Expect(404, await london.PostAsync(evidence, Form(_pdf)));
    }

    private async Task<(string Address, string Evidence)> AttemptedAsync(string? slug = null)
    {
        var address = await shared.PlannedAsync(slug: slug);
        await shared.AttemptAsync(address, shared.Today(), "received");
        return (address, $"{address}/attempts/1/evidence");
    }

    private Task<HttpResponseMessage> SendAsync(string address, params byte[][] files) =>
        shared.Staff.PostAsync(address, Form(files));

    private static MultipartFormDataContent Form(params byte[][] files)
    {
        var form = new MultipartFormDataContent();
        foreach (var file in files)
            form.Add(new ByteArrayContent(file), "files", "IMG_0001.jpg");
        return form;
    }

    private Task<HttpResponseMessage> DeleteAsync(string address, object body) =>
        shared.Staff.SendAsync(
            new HttpRequestMessage(HttpMethod.Delete, address) { Content = JsonContent.Create(body) }
        );

    private async Task<(byte[] Content, HttpContentHeaders Headers)> DownloadAsync(string address)
    {
        var answer = await CampaignServer.Expect(200, await shared.Staff.GetAsync(address));
        return (await answer.Content.ReadAsByteArrayAsync(), answer.Content.Headers);
    }

    private static bool Has(byte[] content, string word) =>
        content.AsSpan().IndexOf(Encoding.ASCII.GetBytes(word)) >= 0;
}
