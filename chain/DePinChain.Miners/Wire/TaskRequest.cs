using System.Text.Json;
using System.Text.Json.Serialization;
using DePinChain.Inference.Sampling;
using DePinChain.Primitives;

namespace DePinChain.Miners.Wire;

/// <summary>A prompt and how it is to be answered. All numbers are integers, so that both sides read the same.</summary>
/// <param name="Prompt">The text; both sides make tokens of it.</param>
/// <param name="MaxTokens">Tokens of the answer at most.</param>
/// <param name="TemperatureQ16">Temperature · 65,536; 0 takes the best token.</param>
/// <param name="TopK">Only so many of the best; 0 for all.</param>
/// <param name="TopPQ16">Only the best whose probabilities reach this · 65,536.</param>
/// <param name="ClientSeed">The client's part of the draw.</param>
internal sealed record TaskRequest(string Prompt, uint MaxTokens, uint TemperatureQ16, uint TopK, uint TopPQ16, string ClientSeed)
{
    /// <summary>Bytes of a request.</summary>
    public const int BytesMax = 64 << 10;

    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, WireJson.Default.TaskRequest);

    /// <summary>Reads what a stranger sent; null with the reason when it is no request.</summary>
    public static TaskRequest? Parse(ReadOnlySpan<byte> body, uint maxTokens, out string fault)
    {
        fault = "";
        TaskRequest? request = null;
        try
        {
            request = JsonSerializer.Deserialize(body, WireJson.Default.TaskRequest);
        }
        catch (JsonException malformed)
        {
            fault = malformed.Message;
            return null;
        }

        if (request is not { Prompt.Length: > 0 }) fault = "the prompt is empty";
        else if (request.MaxTokens == 0 || request.MaxTokens > maxTokens) fault = $"maxTokens is between 1 and {maxTokens}";
        else if (request.TemperatureQ16 > 10 << 16) fault = "the temperature is at most 10";
        else if (request.TopPQ16 is 0 or > 1 << 16) fault = "topPQ16 is between 1 and 65,536";
        else if (!Hex.TryDecode(request.ClientSeed, out byte[] seed) || seed.Length != Hash256.Size) fault = "clientSeed has 32 bytes";
        return fault.Length == 0 ? request : null;
    }

    /// <summary>How tokens are chosen, once the request's hash is known.</summary>
    public SamplingOptions Sampling(in Hash256 requestHash) => new(
        TemperatureQ16, TopK, TopPQ16, TaskEnvelope.SampleSeed(requestHash, new Hash256(Hex.Decode(ClientSeed))));
}

/// <summary>A few tokens of an answer on their way.</summary>
internal sealed record TokenFrame(int[] Tokens);

/// <summary>The end of an answer: why, and the commitments to how it came about.</summary>
/// <param name="Finish">End or Length, or Stopped when the deadline came first.</param>
/// <param name="Transcript">Its bytes in Base64.</param>
internal sealed record FinishFrame(string Finish, string Transcript);

/// <summary>The last line: the signature over all lines before it.</summary>
/// <param name="WorkId">The name of this piece of work.</param>
/// <param name="Signature">The miner's.</param>
internal sealed record SignatureFrame(string WorkId, string Signature);

/// <summary>Why a miner does not answer.</summary>
/// <param name="Error">A name that stays the same.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Hint">What to do.</param>
internal sealed record TaskRefusal(string Error, string Message, string? Hint = null);

/// <summary>What a miner tells on its own machine.</summary>
internal sealed record MinerStatus(
    string Hotkey, uint Netuid, int? Uid, string Model, bool Serving, ulong Served, ulong Refused, ulong Tokens,
    bool Committing, string? Rehearses);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TaskRequest))]
[JsonSerializable(typeof(TokenFrame))]
[JsonSerializable(typeof(FinishFrame))]
[JsonSerializable(typeof(SignatureFrame))]
[JsonSerializable(typeof(TaskRefusal))]
[JsonSerializable(typeof(MinerStatus))]
internal sealed partial class WireJson : JsonSerializerContext;
