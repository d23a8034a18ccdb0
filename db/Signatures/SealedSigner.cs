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

    public byte[] Contact(long id, EmailAddress email) =>
        keys.Sealer.Seal(Table, "contact", id, JsonSerializer.SerializeToUtf8Bytes(new Contact(email.Typed, email.Normalised), SignerJson.Default.Contact));

    public Contact OpenContact(long id, byte[] sealedValue) =>
        JsonSerializer.Deserialize(keys.Sealer.Open(Table, "contact", id, sealedValue), SignerJson.Default.Contact)!;

    public byte[] Person(long id, string? name, string? locality) =>
        keys.Sealer.Seal(Table, "person", id, JsonSerializer.SerializeToUtf8Bytes(new Person(name, locality), SignerJson.Default.Person));

    public Person OpenPerson(long id, byte[] sealedValue) =>
        JsonSerializer.Deserialize(keys.Sealer.Open(Table, "person", id, sealedValue), SignerJson.Default.Person)!;

    public byte[] LedgerKey(long id, byte[] key) => keys.Sealer.Seal(Table, "ledger_key", id, key);

    public byte[] OpenLedgerKey(long id, byte[] sealedValue) => keys.Sealer.Open(Table, "ledger_key", id, sealedValue);
}

[JsonSerializable(typeof(Contact))]
[JsonSerializable(typeof(Person))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class SignerJson : JsonSerializerContext;
