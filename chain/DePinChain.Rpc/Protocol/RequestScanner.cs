using System.Text.Json;
using System.Text.Unicode;

namespace DePinChain.Rpc.Protocol;

/// <summary>Where the parts of one request lie in the body; nothing is copied.</summary>
internal readonly record struct ScannedRequest(
    Slice Id,
    Slice Method,
    Slice Parameters,
    bool IsValid,
    bool MethodIsEscaped)
{
    /// <summary>A request without an id is a notification: it is run and not answered.</summary>
    public bool IsNotification => IsValid && Id.Length == 0;
}

/// <summary>A stretch of the body; length 0 means absent.</summary>
internal readonly record struct Slice(int Start, int Length)
{
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> body) => body.Slice(Start, Length);
}

/// <summary>Finds the requests of a body in one pass without building a document.</summary>
/// <remarks>
/// The whole body is scanned before anything runs: a batch whose last entry is broken JSON runs nothing.
/// The reader is iterative and bounded at 32 levels, so a body of a million brackets ends at the 33rd.
/// </remarks>
internal static class RequestScanner
{
    public const int DepthMax = 32;

    /// <summary>Longer ids are refused: they would only serve to blow up responses.</summary>
    public const int IdBytesMax = 256;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = DepthMax };

    /// <summary>Scans a body; the first error ends it.</summary>
    /// <param name="body">UTF-8 JSON: one object, or an array of at most <paramref name="batchMax"/> entries.</param>
    /// <param name="batchMax">Bound on the entries of a batch.</param>
    /// <param name="requests">Receives one entry per request, in order; cleared first.</param>
    /// <param name="isBatch">Whether the answer is an array.</param>
    public static RpcError? Scan(ReadOnlySpan<byte> body, int batchMax, List<ScannedRequest> requests, out bool isBatch)
    {
        requests.Clear();
        isBatch = false;
        if (!Utf8.IsValid(body))
            return RpcError.ParseError;

        var reader = new Utf8JsonReader(body, Options);
        try
        {
            reader.Read();
            isBatch = reader.TokenType == JsonTokenType.StartArray;
            RpcError? error = isBatch ? ScanBatch(ref reader, batchMax, requests) : ScanSingle(ref reader, requests);
            if (error is not null)
                return error;
            return reader.Read() ? RpcError.ParseError : null;
        }
        catch (JsonException)
        {
            isBatch = false;
            return RpcError.ParseError;
        }
    }

    private static RpcError? ScanSingle(ref Utf8JsonReader reader, List<ScannedRequest> requests)
    {
        requests.Add(ScanEntry(ref reader));
        return null;
    }

    private static RpcError? ScanBatch(ref Utf8JsonReader reader, int batchMax, List<ScannedRequest> requests)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (requests.Count == batchMax)
                return RpcError.BatchTooLarge;
            requests.Add(ScanEntry(ref reader));
        }

        return requests.Count == 0 ? RpcError.EmptyBatch : null;
    }

    private static ScannedRequest ScanEntry(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return default;
        }

        Slice id = default, method = default, parameters = default;
        bool versionIsRight = false, idIsRight = true, methodIsEscaped = false, parametersAreRight = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Member member = MemberOf(ref reader);
            reader.Read();
            int start = checked((int)reader.TokenStartIndex);
            switch (member)
            {
                case Member.Version:
                    versionIsRight = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("2.0"u8);
                    break;
                case Member.Id:
                    idIsRight = reader.TokenType is JsonTokenType.String or JsonTokenType.Number or JsonTokenType.Null;
                    break;
                case Member.Method when reader.TokenType == JsonTokenType.String:
                    methodIsEscaped = reader.ValueIsEscaped;
                    method = new Slice(start + 1, reader.ValueSpan.Length);
                    break;
                case Member.Parameters:
                    parametersAreRight = reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject or JsonTokenType.Null;
                    break;
            }

            reader.Skip();
            var value = new Slice(start, checked((int)reader.BytesConsumed) - start);
            if (member == Member.Id)
                id = value;
            else if (member == Member.Parameters)
                parameters = value;
        }

        bool isValid = versionIsRight && idIsRight && parametersAreRight && method.Length > 0 && id.Length <= IdBytesMax;
        return new ScannedRequest(idIsRight && id.Length <= IdBytesMax ? id : default, method, parameters, isValid, methodIsEscaped);
    }

    private static Member MemberOf(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("jsonrpc"u8))
            return Member.Version;
        if (reader.ValueTextEquals("id"u8))
            return Member.Id;
        if (reader.ValueTextEquals("method"u8))
            return Member.Method;
        return reader.ValueTextEquals("params"u8) ? Member.Parameters : Member.Other;
    }

    private enum Member
    {
        Other,
        Version,
        Id,
        Method,
        Parameters,
    }
}
