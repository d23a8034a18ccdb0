using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;

namespace Campaigns.Worker.Packets.Seal;

/// <summary>
/// Signs a certificate so that the same key and content give the same bytes (RFC 6979); the
/// framework's signatures differ each time.
/// </summary>
internal sealed class RepeatableEcdsa(ECDsa key) : X509SignatureGenerator
{
    private readonly X509SignatureGenerator _framework = CreateForECDsa(key);

    public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) =>
        _framework.GetSignatureAlgorithmIdentifier(hashAlgorithm);

    public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm)
    {
        var curve = SecNamedCurves.GetByOid(SecObjectIdentifiers.SecP256r1);
        var parameters = key.ExportParameters(includePrivateParameters: true);
        var signer = new ECDsaSigner(new HMacDsaKCalculator(new Sha256Digest()));
        signer.Init(
            true,
            new ECPrivateKeyParameters(
                new BigInteger(1, parameters.D!),
                new ECDomainParameters(curve.Curve, curve.G, curve.N, curve.H)
            )
        );
        var signature = new AsnWriter(AsnEncodingRules.DER);
        using (signature.PushSequence())
            foreach (var number in signer.GenerateSignature(SHA256.HashData(data)))
                signature.WriteInteger(number.ToByteArray());
        return signature.Encode();
    }

    protected override PublicKey BuildPublicKey() => _framework.PublicKey;
}
