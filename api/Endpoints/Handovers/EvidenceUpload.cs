using Campaigns.Db.Handovers;
using Campaigns.Handovers;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Campaigns.Api.Endpoints.Handovers;

/// <summary>
/// Receives files of evidence. Each one is in memory until it is encrypted: the framework's forms
/// would store it in clear in a temporary folder.
/// </summary>
internal sealed class EvidenceUpload(EvidenceStore evidence)
{
    /// <summary>The most bytes of a request: the files and their headers.</summary>
    public const long MostBytes = (EvidenceRules.MostFiles * (long)EvidenceRules.MostBytes) + (1024 * 1024);

    /// <summary>The name of the field that has the files in a form.</summary>
    public const string Field = "files";

    private const int LongestBoundary = 70;

    // The sweep deletes files without a row after an hour (worker/Retention/SweepEvidenceJob.cs).
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Receives the files of a request and stores them, all or none. Refused with
    /// <c>evidence-type</c>, <c>body-too-large</c>, <c>malformed-body</c>, and as
    /// <see cref="EvidenceStore.AddAsync"/> says.
    /// </summary>
    /// <param name="request">A request with multipart/form-data.</param>
    /// <param name="accepts">Is called with each field that is no file, before any file is read;
    /// false refuses the request. Null where there are only files.</param>
    /// <param name="store">Stores the received files.</param>
    public async Task<Outcome<IReadOnlyList<RecordedEvidence>>> ReceiveAsync(
        HttpRequest request,
        Func<string, string, Task<bool>>? accepts,
        Func<IReadOnlyList<WrittenEvidence>, Task<Outcome<IReadOnlyList<RecordedEvidence>>>> store
    )
    {
        var written = new List<WrittenEvidence>();
        var isStored = false;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(request.HttpContext.RequestAborted);
        ended.CancelAfter(_longest);
        try
        {
            if (await ReadAsync(request, accepts, written, ended.Token) is { } refusal)
                return refusal;
            var added = await store(written);
            isStored = added.Refusal is null;
            return added;
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Refusal.BodyTooLarge;
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            return Refusal.MalformedBody;
        }
        finally
        {
            if (!isStored)
                written.ForEach(evidence.Discard);
        }
    }

    private async Task<Refusal?> ReadAsync(
        HttpRequest request,
        Func<string, string, Task<bool>>? accepts,
        List<WrittenEvidence> written,
        CancellationToken cancellation
    )
    {
        if (FindBoundary(request) is not { } boundary)
            return Refusal.EvidenceType;
        if (request.ContentLength > MostBytes)
            return Refusal.BodyTooLarge;
        var reader = new MultipartReader(boundary, request.Body);
        var isAccepted = accepts is null;
        while (await reader.ReadNextSectionAsync(cancellation) is { } section)
        {
            if (section.GetContentDispositionHeader() is not { } header)
                return Refusal.MalformedBody;
            if (!header.IsFileDisposition())
            {
                if (accepts is null)
                    continue;
                var name = HeaderUtilities.RemoveQuotes(header.Name).ToString();
                isAccepted = await accepts(name, await section.ReadAsStringAsync(cancellation));
                continue;
            }
            if (!isAccepted)
                return Refusal.Validation("$", "The form has expired.");
            var content = await ReadAsync(section, cancellation);
            if (content is null)
                return Refusal.BodyTooLarge;
            // A browser sends an empty file for a field without one.
            if (content.Length == 0 && string.IsNullOrEmpty(HeaderUtilities.RemoveQuotes(header.FileName).ToString()))
                continue;
            if (written.Count == EvidenceRules.MostFiles)
                return EvidenceRules.RefuseMore(written.Count, 1, 0, 0);
            var plain = Rewrite(content);
            if (plain.Value is not var (bytes, mediaType))
                return plain.Refusal;
            written.Add(evidence.Write(bytes, mediaType));
        }
        return isAccepted ? null : Refusal.Validation("$", "The form has expired.");
    }

    private static Outcome<(byte[] Content, string MediaType)?> Rewrite(byte[] content)
    {
        if (EvidenceRules.FindType(content) is not { } mediaType)
            return Refusal.EvidenceType;
        if (mediaType == EvidenceRules.Pdf)
            return (content, mediaType);
        var picture = PlainPicture.Rewrite(content, mediaType);
        return picture.Value is { } plain ? (plain, mediaType) : picture.Refusal!;
    }

    // Null for a file that is too large.
    private static async Task<byte[]?> ReadAsync(MultipartSection section, CancellationToken cancellation)
    {
        using var content = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = await section.Body.ReadAsync(buffer, cancellation)) > 0;)
        {
            if (content.Length + read > EvidenceRules.MostBytes)
                return null;
            content.Write(buffer, 0, read);
        }
        return content.ToArray();
    }

    private static string? FindBoundary(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        && HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= LongestBoundary } boundary
            ? boundary.ToString()
            : null;
}
