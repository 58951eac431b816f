// SPDX-License-Identifier: GPL-2.0-only
#include "frame-capture.h"

#include "ns3/m3-input-error.h"

#include <algorithm>
#include <array>

namespace ns3::m3
{

namespace
{

constexpr uint32_t DLT_ETHERNET = 1;
constexpr uint16_t ETHERTYPE_IPV4 = 0x0800;
constexpr uint16_t ETHERTYPE_MAC_CONTROL = 0x8808;
constexpr uint16_t OPCODE_PFC = 0x0101;
constexpr uint16_t UDP_PORT_ROCE = 4791;
constexpr uint16_t UDP_PORT_FIRST = 10000;
constexpr uint32_t ETHERNET_BYTES = 14;
constexpr uint32_t IPV4_BYTES = 20;
constexpr uint32_t UDP_BYTES = 8;
constexpr uint32_t SMALLEST_FRAME_BYTES = 60; //!< without checksum

/// Bytes of a frame in network order.
class FrameBytes
{
  public:
    template <typename T>
    void Put(T value)
    {
        for (std::size_t i = sizeof value; i > 0; i--)
        {
            m_bytes.at(m_size++) = static_cast<uint8_t>(value >> (8 * (i - 1)));
        }
    }

    void PutMac(uint64_t address)
    {
        Put(static_cast<uint16_t>(address >> 32));
        Put(static_cast<uint32_t>(address));
    }

    /// Internet checksum (RFC 1071) of a part, written at `at`.
    void Checksum(std::size_t begin, std::size_t end, std::size_t at)
    {
        uint32_t sum = 0;
        for (std::size_t i = begin; i < end; i += 2)
        {
            sum += static_cast<uint32_t>(m_bytes[i]) << 8 | m_bytes[i + 1];
        }
        sum = (sum & 0xffff) + (sum >> 16);
        sum = ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
        m_bytes[at] = static_cast<uint8_t>(sum >> 8);
        m_bytes[at + 1] = static_cast<uint8_t>(sum);
    }

    Ptr<Packet> ToPacket(uint32_t size) const
    {
        auto packet = Create<Packet>(m_bytes.data(), static_cast<uint32_t>(m_size));
        if (size > m_size)
        {
            packet->AddAtEnd(Create<Packet>(size - static_cast<uint32_t>(m_size)));
        }
        return packet;
    }

  private:
    std::array<uint8_t, 64> m_bytes{};
    std::size_t m_size = 0;
};

uint64_t MacOf(NodeId node)
{
    constexpr uint64_t LOCAL = 0x020000000000; // locally administered
    return LOCAL | node;
}

} // namespace

uint32_t CaptureAddress(NodeId host)
{
    constexpr uint32_t NETWORK = 0x0b000000;
    return NETWORK + host;
}

Ptr<Packet> MakeCapturedPacket(const FrameInfo& frame, NodeId src, NodeId dst)
{
    FrameBytes bytes;
    if (frame.kind == PacketKind::PAUSE || frame.kind == PacketKind::RESUME)
    {
        constexpr uint64_t MAC_CONTROL = 0x0180c2000001;
        bytes.PutMac(MAC_CONTROL);
        bytes.PutMac(MacOf(src));
        bytes.Put(ETHERTYPE_MAC_CONTROL);
        bytes.Put(OPCODE_PFC);
        bytes.Put(static_cast<uint16_t>(1U << frame.priority));
        for (uint16_t priority = 0; priority < 8; priority++)
        {
            const bool pauses = priority == frame.priority && frame.kind == PacketKind::PAUSE;
            bytes.Put(static_cast<uint16_t>(pauses ? 0xffff : 0));
        }
        return bytes.ToPacket(SMALLEST_FRAME_BYTES);
    }
    bytes.PutMac(MacOf(dst));
    bytes.PutMac(MacOf(src));
    bytes.Put(ETHERTYPE_IPV4);
    // an ACK carries the echo of a mark, which is no mark of its own
    constexpr uint8_t ECN_CAPABLE = 2;
    constexpr uint8_t ECN_EXPERIENCED = 3;
    constexpr uint16_t VERSION_AND_LENGTH = 0x4500;
    const bool marked = frame.kind == PacketKind::DATA && frame.ecn;
    const auto ipBytes = static_cast<uint16_t>(frame.wireBytes - ETHERNET_BYTES);
    bytes.Put(static_cast<uint16_t>(VERSION_AND_LENGTH | (marked ? ECN_EXPERIENCED : ECN_CAPABLE)));
    bytes.Put(ipBytes);
    bytes.Put(static_cast<uint32_t>(0)); // identification, fragments
    constexpr uint16_t TTL_AND_UDP = 0x4011;
    bytes.Put(TTL_AND_UDP);
    bytes.Put(static_cast<uint16_t>(0)); // checksum, below
    bytes.Put(CaptureAddress(src));
    bytes.Put(CaptureAddress(dst));
    bytes.Checksum(ETHERNET_BYTES, ETHERNET_BYTES + IPV4_BYTES, ETHERNET_BYTES + 10);
    const auto port = static_cast<uint16_t>(UDP_PORT_FIRST + frame.flow);
    const bool data = frame.kind == PacketKind::DATA;
    bytes.Put(data ? port : UDP_PORT_ROCE);
    bytes.Put(data ? UDP_PORT_ROCE : port);
    bytes.Put(static_cast<uint16_t>(ipBytes - IPV4_BYTES));
    bytes.Put(static_cast<uint16_t>(0)); // no checksum
    bytes.Put(frame.seq);
    return bytes.ToPacket(frame.wireBytes);
}

Ptr<PcapFileWrapper> OpenCapture(const std::string& file)
{
    constexpr uint32_t SNAP_BYTES = 64;
    auto capture = CreateObject<PcapFileWrapper>();
    capture->Open(file, std::ios::out | std::ios::binary);
    if (capture->Fail())
    {
        throw InputError(file, 0, "", "cannot be written");
    }
    capture->Init(DLT_ETHERNET, SNAP_BYTES);
    return capture;
}

} // namespace ns3::m3
