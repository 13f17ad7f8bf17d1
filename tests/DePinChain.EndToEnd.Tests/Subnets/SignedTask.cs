using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Subnets;

/// <summary>A task to a miner, put together from the protocol's description and not from the program's code.</summary>
internal sealed record SignedTask(ulong ChainId, PrivateKey Key, string Receiver)
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(60) };

    public string Body { get; init; } =
        $$"""{"prompt":"the chain","maxTokens":4,"temperatureQ16":0,"topK":0,"topPQ16":65536,"clientSeed":"{{Hash256.Zero}}"}""";

    public ulong Nonce { get; init; } = (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    public string? SentBody { get; init; }

    public string? Sender { get; init; }

    public bool IsSigned { get; init; } = true;

    private ulong Deadline => Nonce + 30_000;

    private const string RequestId = "0x000102030405060708090a0b0c0d0e0f";

    public Hash256 Digest()
    {
        byte[] chain = new byte[32], nonce = new byte[8], deadline = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(chain.AsSpan(24), ChainId);
        BinaryPrimitives.WriteUInt64BigEndian(nonce, Nonce);
        BinaryPrimitives.WriteUInt64BigEndian(deadline, Deadline);
        return Keccak256.Hash(
        [
            .. "DPC-REQ1"u8, .. chain, 0, 0, 0, 1, .. Key.Address.ToArray(), .. Hex.Decode(Receiver), .. nonce, .. Hex.Decode(RequestId),
            .. Keccak256.Hash(Encoding.UTF8.GetBytes(Body)).ToArray(), .. deadline,
        ]);
    }

    /// <summary>Sends it; gives the status and what came.</summary>
    public async Task<(int Status, string Answer)> SendAsync(Uri miner)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(miner, "/v1/subnet/1/task"))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(SentBody ?? Body)),
        };
        message.Headers.Add("Depin-Sender", Sender ?? Key.Address.ToString());
        message.Headers.Add("Depin-Receiver", Receiver);
        message.Headers.Add("Depin-Nonce", Nonce.ToString(CultureInfo.InvariantCulture));
        message.Headers.Add("Depin-Request-Id", RequestId);
        message.Headers.Add("Depin-Deadline", Deadline.ToString(CultureInfo.InvariantCulture));
        if (IsSigned) message.Headers.Add("Depin-Signature", Hex.Encode(Key.Sign(Digest()).ToArray()));
        using HttpResponseMessage answer = await Http.SendAsync(message);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
