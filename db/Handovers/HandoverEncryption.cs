using System.Text;
using System.Text.Json;
using Campaigns.Db.Keys;
using Campaigns.Handovers;

namespace Campaigns.Db.Handovers;

/// <summary>Encrypts and decrypts the notes of hand-overs and attempts.</summary>
public sealed class HandoverEncryption(KeyRing keys)
{
    public const string Handovers = "handovers";
    public const string Attempts = "handover_attempts";

    internal EncryptedHandover Encrypt(long id, HandoverNotes notes) =>
        new(
            Encrypt(Handovers, "place", id, notes.Place),
            Encrypt(
                Handovers,
                "delegation",
                id,
                notes.Delegation is null ? null : JsonSerializer.Serialize(notes.Delegation)
            ),
            Encrypt(Handovers, "note", id, notes.Note)
        );

    internal EncryptedAttempt Encrypt(long id, AttemptNotes notes) =>
        new(
            Encrypt(Attempts, "place", id, notes.Place),
            Encrypt(Attempts, "carried_by", id, notes.By),
            Encrypt(Attempts, "reference", id, notes.Reference),
            Encrypt(Attempts, "note", id, notes.Note)
        );

    internal HandoverNotes Decrypt(HandoverRow row) =>
        new(
            Decrypt(Handovers, "place", row.Id, row.Place),
            Decrypt(Handovers, "delegation", row.Id, row.Delegation) is { } names
                ? JsonSerializer.Deserialize<string[]>(names)
                : null,
            Decrypt(Handovers, "note", row.Id, row.Note)
        );

    internal AttemptNotes Decrypt(HandoverAttemptRow row) =>
        new(
            Decrypt(Attempts, "place", row.Id, row.Place),
            Decrypt(Attempts, "carried_by", row.Id, row.CarriedBy),
            Decrypt(Attempts, "reference", row.Id, row.Reference),
            Decrypt(Attempts, "note", row.Id, row.Note)
        );

    private byte[]? Encrypt(string table, string column, long id, string? text) =>
        text is null ? null : keys.Encryptor.Encrypt(table, column, id, Encoding.UTF8.GetBytes(text));

    private string? Decrypt(string table, string column, long id, byte[]? value) =>
        value is null ? null : Encoding.UTF8.GetString(keys.Encryptor.Decrypt(table, column, id, value));
}

internal sealed record EncryptedHandover(byte[]? Place, byte[]? Delegation, byte[]? Note);

internal sealed record EncryptedAttempt(byte[]? Place, byte[]? CarriedBy, byte[]? Reference, byte[]? Note);
