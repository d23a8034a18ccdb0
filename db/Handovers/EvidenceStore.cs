using System.Security.Cryptography;
using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Campaigns.Db.Staff;
using Campaigns.Handovers;
using Dapper;

namespace Campaigns.Db.Handovers;

/// <summary>
/// Files that show what happened in an attempt or what an answer says. A file is written first, and
/// its row makes it visible.
/// </summary>
public sealed class EvidenceStore(Database database, EvidenceFolder folder)
{
    public const string Table = "handover_evidence";

    private const string FileKey = "file_key";

    // The lock lets only one transaction at a time compare the bytes of the campaign with the limit.
    private const string LockCampaign = "SELECT id FROM campaigns WHERE id = @campaignId {for_update}";

    private const string SelectUsed = """
        SELECT coalesce(sum(bytes), 0) AS bytes FROM handover_evidence
        WHERE campaign_id = @campaignId AND file_key IS NOT NULL
        """;

    private const string SelectOfSubject = """
        SELECT coalesce(max(number), 0) AS last, count(file_key) AS stored FROM handover_evidence
        WHERE handover_id = @handover AND subject = @kind AND subject_number = @subject
        """;

    private const string SelectSubject = """
        SELECT (SELECT count(*) FROM handover_attempts
                WHERE @kind = 'attempt' AND handover_id = @handover AND number = @subject)
             + (SELECT count(*) FROM handover_answers
                WHERE @kind = 'answer' AND handover_id = @handover AND number = @subject)
        """;

    private const string Insert = """
        INSERT INTO handover_evidence (id, handover_id, campaign_id, subject, subject_number, number, media_type,
                                       bytes, file_name, recorded_at, recorded_by, sha256, file_key)
        VALUES (@id, @handover, @campaignId, @kind, @subject, @number, @MediaType,
                @Bytes, @FileName, @now, @staff, @Sha256, @key)
        """;

    private const string SelectFile = "SELECT file_name, file_key FROM handover_evidence WHERE id = @id";

    private const string SelectFileNames = "SELECT file_name FROM handover_evidence WHERE file_key IS NOT NULL";

    private const string IsFileNeeded =
        "SELECT count(*) FROM handover_evidence WHERE file_name = @name AND file_key IS NOT NULL";

    /// <summary>Encrypts a file under a new key and writes it to disk.</summary>
    public WrittenEvidence Write(ReadOnlySpan<byte> content, string mediaType)
    {
        var key = EncryptedFile.NewKey();
        return new WrittenEvidence(
            folder.Write(content, key),
            key,
            mediaType,
            content.Length,
            Convert.ToHexStringLower(SHA256.HashData(content))
        );
    }

    /// <summary>Deletes a file that gets no row.</summary>
    public void Discard(WrittenEvidence file) => folder.Delete(file.FileName);

    /// <summary>
    /// Makes the files visible, all or none. Refused with <c>validation</c> and
    /// <c>evidence-full</c>.
    /// </summary>
    public Task<Outcome<IReadOnlyList<RecordedEvidence>>> AddAsync(
        Campaign campaign,
        long handover,
        EvidenceSubject subject,
        IReadOnlyList<WrittenEvidence> files,
        Actor actor
    ) =>
        database.Writes.RunAsync<Outcome<IReadOnlyList<RecordedEvidence>>>(write =>
        {
            var of = new
            {
                campaignId = campaign.Id,
                handover,
                kind = subject.Kind,
                subject = subject.Number,
            };
            var connection = write.Connection;
            connection.Execute(write.Sql(LockCampaign), of);
            if (connection.QuerySingle<long>(SelectSubject, of) == 0)
                return Refusal.NotFound;
            var known = connection.QuerySingle<KnownRow>(SelectOfSubject, of);
            var used = connection.QuerySingle<long>(SelectUsed, of);
            if (
                EvidenceRules.RefuseMore((int)known.Stored, files.Count, used, files.Sum(file => file.Bytes)) is
                { } refusal
            )
                return refusal;
            var added = new List<RecordedEvidence>();
            foreach (var (index, file) in files.Index())
                added.Add(Add(write, of, subject, (int)known.Last + index + 1, file, actor));
            actor.Audit(
                write,
                "handover.add-evidence",
                campaign.Slug,
                Ids.Text(handover),
                FormattableString.Invariant($"{subject.Kind} {subject.Number}: {files.Count}")
            );
            return added;
        });

    /// <summary>
    /// The content of a file; null if it was erased or its file is missing. Throws
    /// <see cref="CryptographicException"/> if the file is damaged.
    /// </summary>
    public Stream? Open(RecordedEvidence evidence)
    {
        FileRow? row;
        using (var connection = database.Read())
            row = connection.QuerySingleOrDefault<FileRow>(SelectFile, new { id = evidence.Id });
        if (row?.FileKey is not { } encrypted)
            return null;
        try
        {
            var key = database.Keys.Encryptor.Decrypt(Table, FileKey, evidence.Id, encrypted);
            return EncryptedFile.Open(folder.File(row.FileName), key);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// Erases the key of a file, so that nothing can decrypt it. The sweep deletes the file.
    /// </summary>
    public Task<Refusal?> DeleteAsync(
        Campaign campaign,
        long handover,
        RecordedEvidence evidence,
        string reason,
        Actor actor
    ) =>
        database.Writes.RunAsync(write =>
        {
            if (!ErasedHandovers.EraseEvidence(write, evidence.Id))
                return Refusal.NotFound;
            var (kind, number) = evidence.Subject;
            actor.Audit(
                write,
                "handover.delete-evidence",
                campaign.Slug,
                Ids.Text(handover),
                FormattableString.Invariant($"{kind} {number}, {evidence.Number}: {reason}")
            );
            return null;
        });

    /// <summary>
    /// Deletes files without a row, or whose key is erased, that were written before
    /// <paramref name="before"/>. Returns how many.
    /// </summary>
    public int Sweep(DateTimeOffset before)
    {
        HashSet<string> needed;
        using (var connection = database.Read())
            needed = [.. connection.Query<string>(SelectFileNames)];
        // A row that was added after the list is looked up before its file is deleted.
        return folder.Sweep(before, name => needed.Contains(name) || IsNeeded(name));
    }

    private bool IsNeeded(string name)
    {
        using var connection = database.Read();
        return connection.QuerySingle<long>(IsFileNeeded, new { name }) > 0;
    }

    private RecordedEvidence Add(
        WriteTransaction write,
        object of,
        EvidenceSubject subject,
        int number,
        WrittenEvidence file,
        Actor actor
    )
    {
        var id = write.NextId();
        var values = new DynamicParameters(of);
        values.AddDynamicParams(
            new
            {
                id,
                number,
                file.MediaType,
                file.Bytes,
                file.FileName,
                file.Sha256,
                now = write.Now.ToUnixTimeMilliseconds(),
                staff = actor.StaffId,
                key = database.Keys.Encryptor.Encrypt(Table, FileKey, id, file.Key),
            }
        );
        write.Connection.Execute(Insert, values);
        return new RecordedEvidence(id, subject, number, file.MediaType, file.Bytes, file.Sha256, write.Now);
    }

    private sealed class KnownRow
    {
        public required long Last { get; init; }
        public required long Stored { get; init; }
    }

    private sealed class FileRow
    {
        public required string FileName { get; init; }
        public required byte[]? FileKey { get; init; }
    }
}
