using System.Text.Json;
using System.Text.Json.Serialization;
using Campaigns.Crypto;
using Campaigns.Db.Keys;
using Campaigns.Signatures;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Encrypts and decrypts the columns of a signature: one value each for contact, person and ledger
/// key.
/// </summary>
public sealed class SignatureEncryption(KeyRing keys)
{
    private const string Table = "signatures";

    /// <summary>Encrypts the columns of one row.</summary>
    public SignatureRowEncryptor Row(long id) => new(keys.Encryptor.Row(Table, id));

    public Contact DecryptContact(long id, byte[] ciphertext) =>
        JsonSerializer.Deserialize(
            keys.Encryptor.Decrypt(Table, "contact", id, ciphertext),
            SignerJson.Default.Contact
        )!;

    public Person DecryptPerson(long id, byte[] ciphertext) =>
        JsonSerializer.Deserialize(keys.Encryptor.Decrypt(Table, "person", id, ciphertext), SignerJson.Default.Person)!;

    /// <summary>Decrypts many rows in sequence, on one thread.</summary>
    public PersonDecryptor People() => new(keys.Encryptor.Column(Table, "person"));

    public byte[] DecryptLedgerKey(long id, byte[] ciphertext) =>
        keys.Encryptor.Decrypt(Table, "ledger_key", id, ciphertext);
}

/// <summary>Encrypts the columns of one signature; derives its key once.</summary>
public sealed class SignatureRowEncryptor : IDisposable
{
    private readonly FieldEncryptor.RowEncryptor _row;

    internal SignatureRowEncryptor(FieldEncryptor.RowEncryptor row) => _row = row;

    public byte[] Contact(EmailAddress email) =>
        _row.Encrypt(
            "contact",
            JsonSerializer.SerializeToUtf8Bytes(new Contact(email.Typed, email.Normalised), SignerJson.Default.Contact)
        );

    public byte[] Person(string? name, string? locality) =>
        _row.Encrypt(
            "person",
            JsonSerializer.SerializeToUtf8Bytes(new Person(name, locality), SignerJson.Default.Person)
        );

    public byte[] LedgerKey(byte[] key) => _row.Encrypt("ledger_key", key);

    public void Dispose() => _row.Dispose();
}

/// <summary>Decrypts the person column of many rows.</summary>
public sealed class PersonDecryptor : IDisposable
{
    private readonly FieldEncryptor.ColumnDecryptor _column;

    internal PersonDecryptor(FieldEncryptor.ColumnDecryptor column) => _column = column;

    /// <summary>
    /// Throws <see cref="System.Security.Cryptography.CryptographicException"/>, as does
    /// <see cref="SignatureEncryption.DecryptPerson"/>.
    /// </summary>
    public Person Decrypt(long id, byte[] ciphertext) =>
        JsonSerializer.Deserialize(_column.Decrypt(id, ciphertext), SignerJson.Default.Person)!;

    public void Dispose() => _column.Dispose();
}

[JsonSerializable(typeof(Contact))]
[JsonSerializable(typeof(Person))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class SignerJson : JsonSerializerContext;
