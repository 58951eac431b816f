// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FRAME_CAPTURE_H
#define M3_FRAME_CAPTURE_H

#include "ns3/m3-packet-observer.h"

#include "ns3/nstime.h"
#include "ns3/packet.h"
#include "ns3/pcap-file-wrapper.h"

#include <string>

namespace ns3::m3
{

/// Address of a host in packets: 11.0.0.0 + its node id.
uint32_t CaptureAddress(NodeId host);

/**
 * A frame of the engine as an ns-3 packet: Ethernet, IPv4 (ECN field as marked), UDP between port 4791 and 10000 +
 * flow, 8 bytes of sequence number, zeros up to its size on the wire; PFC frames as MAC control frames (IEEE 802.1Qbb)
 * of the smallest Ethernet size.
 */
Ptr<Packet> MakeCapturedPacket(const FrameInfo& frame, NodeId src, NodeId dst);

/// Opens a pcap file of Ethernet frames. \throws InputError if it cannot be written
Ptr<PcapFileWrapper> OpenCapture(const std::string& file);

} // namespace ns3::m3

#endif // M3_FRAME_CAPTURE_H
