using System.Buffers.Binary;
using System.Globalization;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Miners.Wire;

/// <summary>
/// What a request's signature covers: both parties, the moment, the deadline, and the raw bytes of the body. An answer's signature covers
/// the request, the status and the raw bytes that came before it, so that a validator can show anybody what a miner said.
/// </summary>
/// <param name="ChainId">Of which chain.</param>
/// <param name="Netuid">Of which subnet.</param>
/// <param name="Sender">The hotkey that asks.</param>
/// <param name="Receiver">The hotkey that is asked.</param>
/// <param name="NonceMs">Unix time in milliseconds; of one sender each is higher than the last.</param>
/// <param name="RequestId">16 random bytes.</param>
/// <param name="BodyHash">keccak-256 of the body as it was sent.</param>
/// <param name="DeadlineMs">Unix time in milliseconds after which nobody waits for the answer.</param>
internal sealed record TaskEnvelope(
    ulong ChainId, uint Netuid, Address Sender, Address Receiver, ulong NonceMs, string RequestId, Hash256 BodyHash, ulong DeadlineMs)
{
    public const int RequestIdSize = 16;
    public const string SenderHeader = "Depin-Sender";
    public const string ReceiverHeader = "Depin-Receiver";
    public const string NonceHeader = "Depin-Nonce";
    public const string RequestIdHeader = "Depin-Request-Id";
    public const string DeadlineHeader = "Depin-Deadline";
    public const string SignatureHeader = "Depin-Signature";

    /// <summary>keccak("DPC-REQ1" ‖ chainId 32 ‖ netuid 4 ‖ sender ‖ receiver ‖ nonceMs 8 ‖ requestId 16 ‖ bodyHash ‖ deadlineMs
    /// 8).</summary>
    public Hash256 Digest()
    {
        Span<byte> number = stackalloc byte[32];
        var hasher = new Keccak256.Hasher();
        hasher.Append("DPC-REQ1"u8);
        ((UInt256)ChainId).WriteBigEndian(number);
        hasher.Append(number);
        BinaryPrimitives.WriteUInt32BigEndian(number, Netuid);
        hasher.Append(number[..4]).Append(Sender.ToArray()).Append(Receiver.ToArray());
        BinaryPrimitives.WriteUInt64BigEndian(number, NonceMs);
        hasher.Append(number[..8]).Append(Hex.Decode(RequestId)).Append(BodyHash.ToArray());
        BinaryPrimitives.WriteUInt64BigEndian(number, DeadlineMs);
        return hasher.Append(number[..8]).Finish();
    }

    /// <summary>What the answer's signature covers: keccak("DPC-RES1" ‖ requestHash ‖ status 2 ‖ bodyHash ‖ workId).</summary>
    public static Hash256 AnswerDigest(in Hash256 request, ushort status, in Hash256 body, in Hash256 work)
    {
        Span<byte> code = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(code, status);
        return new Keccak256.Hasher().Append("DPC-RES1"u8).Append(request.ToArray()).Append(code).Append(body.ToArray())
            .Append(work.ToArray()).Finish();
    }

    /// <summary>The name of a piece of work: keccak("DPC-WORK1" ‖ requestHash ‖ transcriptRoot).</summary>
    public static Hash256 WorkId(in Hash256 request, in Hash256 transcript) =>
        new Keccak256.Hasher().Append("DPC-WORK1"u8).Append(request.ToArray()).Append(transcript.ToArray()).Finish();

    /// <summary>The draw's seed: keccak("dpc/sample/v1" ‖ requestHash ‖ clientSeed). The asked cannot choose it; who asks could, but
    /// signs a nonce and an id first, and pays for each try.</summary>
    public static Hash256 SampleSeed(in Hash256 request, in Hash256 client) =>
        new Keccak256.Hasher().Append("dpc/sample/v1"u8).Append(request.ToArray()).Append(client.ToArray()).Finish();

    /// <summary>The envelope as the headers of a request.</summary>
    public IEnumerable<(string Name, string Value)> Headers(PrivateKey key) =>
    [
        (SenderHeader, Sender.ToString()), (ReceiverHeader, Receiver.ToString()), (NonceHeader, Text(NonceMs)),
        (RequestIdHeader, RequestId), (DeadlineHeader, Text(DeadlineMs)), (SignatureHeader, key.Sign(Digest()).ToString()),
    ];

    /// <summary>Reads headers that a stranger wrote; the body's hash is filled in when the body is there.</summary>
    public static TaskEnvelope? Read(ulong chainId, uint netuid, Func<string, string?> header) =>
        Address.TryParse(header(SenderHeader), out Address sender) && Address.TryParse(header(ReceiverHeader), out Address receiver)
            && TryNumber(header(NonceHeader), out ulong nonce) && TryNumber(header(DeadlineHeader), out ulong deadline)
            && header(RequestIdHeader) is { Length: 2 + (2 * RequestIdSize) } id && Hex.TryDecode(id, out _)
            ? new TaskEnvelope(chainId, netuid, sender, receiver, nonce, id, Hash256.Zero, deadline)
            : null;

    /// <summary>Whether the text is a signature of the digest by somebody.</summary>
    public static bool IsSignedBy(in Hash256 digest, string? signature, Address signer) =>
        Hex.TryDecode(signature, out byte[] bytes) && bytes.Length == Signature.Size && bytes[64] <= 1
        && Secp256k1.TryRecover(digest, bytes.AsSpan(0, 64), bytes[64], out Address recovered) && recovered == signer;

    private static bool TryNumber(string? text, out ulong number) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
