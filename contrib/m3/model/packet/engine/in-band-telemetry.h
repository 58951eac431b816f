// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_IN_BAND_TELEMETRY_H
#define M3_IN_BAND_TELEMETRY_H

// What a switch writes into a data packet that leaves it: a record of the hop (Li et al., HPCC, SIGCOMM 2019, section
// 4), or the logarithm of the largest utilisation so far (Ben Basat et al., PINT, SIGCOMM 2020, section 4.3).
#include "packet-engine.h"

namespace ns3::m3
{

template <class Rules>
void PacketEngine<Rules>::AddTelemetry(LinkId link, PacketIndex packet)
{
    const Port& port = m_ports[link];
    m_packets.AddTelemetry(
        packet,
        Rules::HopTelemetry(port, link, m_wheel.Now(), port.queuedBytes + port.pfcBytes, m_intMulti));
}

template <class Rules>
void PacketEngine<Rules>::AddLogarithm(LinkId link, PacketIndex packet)
{
    constexpr double BITS_PER_S_OF_BYTE_PER_NS = 8e9;
    const Port& port = m_ports[link];
    const double utilisation = m_pintPorts[link].Update(m_wheel.Now(),
                                                        m_packets[packet].wireBytes,
                                                        port.queuedBytes + port.pfcBytes,
                                                        static_cast<double>(port.rate) / BITS_PER_S_OF_BYTE_PER_NS,
                                                        static_cast<double>(*m_config.baseRttNs));
    m_packets.RaiseLogarithm(packet, PintLogarithm(m_pintLogBase, utilisation, m_randoms.Draw(link)), link);
}

} // namespace ns3::m3

#endif // M3_IN_BAND_TELEMETRY_H
