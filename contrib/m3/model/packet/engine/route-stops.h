// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_ROUTE_STOPS_H
#define M3_ROUTE_STOPS_H

#include "ns3/m3-routes.h"

#include <cstdint>
#include <vector>

namespace ns3::m3
{

using StopIndex = uint32_t; //!< place in RouteStops

/**
 * \ingroup m3-packet
 * Where the packets of each queue pair go, in one array: the links of a route in order, then the queue pair's slot. So
 * the next stop of a packet that starts on a link is what the event of its arrival is about: a port, or a queue pair.
 */
class RouteStops
{
  public:
    /// Where a queue pair's routes lie; a slot that is used again keeps its place.
    struct Place
    {
        StopIndex begin = 0;    //!< of the data route's first link
        StopIndex end = 0;      //!< past the ACK route's slot
        StopIndex capacity = 0; //!< stops that fit
    };

    static constexpr uint32_t IS_PAIR = uint32_t{1} << 31; //!< tells a slot from a link where hosts forward

    /// Writes a queue pair's routes to its place, or to a new one if `place` is too small; an empty one always is.
    /// \return where the ACK route begins
    StopIndex Write(Place& place, uint32_t slot, const Route& data, const Route& ack)
    {
        const auto size = static_cast<StopIndex>(data.size() + ack.size() + 2);
        if (place.capacity < size)
        {
            place.capacity = (size + LINE_STOPS - 1) / LINE_STOPS * LINE_STOPS;
            place.begin = static_cast<StopIndex>(m_lines.size()) * LINE_STOPS;
            m_lines.resize(m_lines.size() + place.capacity / LINE_STOPS);
        }
        StopIndex stop = place.begin;
        for (LinkId link : data)
        {
            At(stop++) = link;
        }
        At(stop++) = slot;
        const StopIndex ackStop = stop;
        for (LinkId link : ack)
        {
            At(stop++) = link;
        }
        At(stop++) = slot;
        place.end = stop;
        return ackStop;
    }

    /// Past the last place.
    StopIndex End() const
    {
        return static_cast<StopIndex>(m_lines.size()) * LINE_STOPS;
    }

    /// A link, or a queue pair's slot.
    uint32_t operator[](StopIndex stop) const
    {
        return m_lines[stop / LINE_STOPS].stops[stop % LINE_STOPS];
    }

  private:
    static constexpr uint32_t LINE_STOPS = 16;

    uint32_t& At(StopIndex stop)
    {
        return m_lines[stop / LINE_STOPS].stops[stop % LINE_STOPS];
    }

    struct alignas(64) Line
    {
        uint32_t stops[LINE_STOPS];
    };

    std::vector<Line> m_lines; //!< a queue pair's routes begin with a line
};

} // namespace ns3::m3

#endif // M3_ROUTE_STOPS_H
