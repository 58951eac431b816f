// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_RDMA_NET_DEVICE_H
#define M3_RDMA_NET_DEVICE_H

#include "ns3/simple-channel.h"
#include "ns3/simple-net-device.h"

namespace ns3::m3
{

/**
 * \ingroup m3-helper
 * A port of a network built by FabricHelper. Every engine reads its `DataRate` and `ErrorRate`, and the `Delay` of its
 * RdmaChannel. Packets of the packet engine do not pass through Send(), for speed. Send() works as that of
 * SimpleNetDevice.
 */
class RdmaNetDevice : public SimpleNetDevice
{
  public:
    static TypeId GetTypeId(); //!< \return the type, with its attributes

  private:
    double m_errorRate = 0;
};

/**
 * \ingroup m3-helper
 * The link between two RdmaNetDevices; its `Delay` is the propagation delay.
 */
class RdmaChannel : public SimpleChannel
{
  public:
    static TypeId GetTypeId(); //!< \return the type, with its attributes
};

} // namespace ns3::m3

#endif // M3_RDMA_NET_DEVICE_H
