using System.Text.Json;
using System.Text.Json.Serialization;
using Campaigns.Db.Keys;
using Campaigns.Signatures;

namespace Campaigns.Db.Signatures;

/// <summary>What a signer typed about how to reach them, and the form of it the commitment covers.</summary>
public sealed record Contact(string Email, string Normalised);

/// <summary>What a signer typed about themself.</summary>
public sealed record Person(string? Name, string? Locality);

/// <summary>Seals and opens the columns of a signature: one blob for contact, one for person, one for the ledger key.</summary>
public sealed class SignatureSeal(KeyRing keys)
{
    private const string Table = "signatures";

    /// <summary>Seals the columns of one row.</summary>
    public SignatureRowSeal Row(long id) => new(keys.Sealer.Row(Table, id));

    public Contact OpenContact(long id, byte[] sealedValue) =>
        JsonSerializer.Deserialize(keys.Sealer.Open(Table, "contact", id, sealedValue), SignerJson.Default.Contact)!;

    public Person OpenPerson(long id, byte[] sealedValue) =>
        JsonSerializer.Deserialize(keys.Sealer.Open(Table, "person", id, sealedValue), SignerJson.Default.Person)!;

    /// <summary>For many rows in a row, on one thread.</summary>
    public PersonOpener People() => new(keys.Sealer.Column(Table, "person"));

    public byte[] OpenLedgerKey(long id, byte[] sealedValue) => keys.Sealer.Open(Table, "ledger_key", id, sealedValue);
}

/// <summary>Seals the columns of one signature, whose key is derived once.</summary>
public sealed class SignatureRowSeal : IDisposable
{
    private readonly Sealer.RowSeal _row;

    internal SignatureRowSeal(Sealer.RowSeal row) => _row = row;

    public byte[] Contact(EmailAddress email) =>
        _row.Seal("contact", JsonSerializer.SerializeToUtf8Bytes(new Contact(email.Typed, email.Normalised), SignerJson.Default.Contact));

    public byte[] Person(string? name, string? locality) =>
        _row.Seal("person", JsonSerializer.SerializeToUtf8Bytes(new Person(name, locality), SignerJson.Default.Person));

    public byte[] LedgerKey(byte[] key) => _row.Seal("ledger_key", key);

    public void Dispose() => _row.Dispose();
}

/// <summary>Opens what signers typed about themselves, row after row.</summary>
public sealed class PersonOpener : IDisposable
{
    private readonly Sealer.ColumnOpener _column;

    internal PersonOpener(Sealer.ColumnOpener column) => _column = column;

    /// <summary>Throws <see cref="System.Security.Cryptography.CryptographicException"/> like the one that opens a single value.</summary>
    public Person Open(long id, byte[] sealedValue) => JsonSerializer.Deserialize(_column.Open(id, sealedValue), SignerJson.Default.Person)!;

    public void Dispose() => _column.Dispose();
}

[JsonSerializable(typeof(Contact))]
[JsonSerializable(typeof(Person))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class SignerJson : JsonSerializerContext;
