// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVENT_WHEEL_H
#define M3_EVENT_WHEEL_H

#include <algorithm>
#include <cstdint>
#include <limits>
#include <queue>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-packet
 * What an engine event does.
 */
enum class EventType : uint8_t
{
    SWITCH_ARRIVAL, //!< a packet has arrived at a switch; subject: packet, object: link that it leaves on
    HOST_ARRIVAL,   //!< a packet has arrived at a host; subject: packet, object: queue pair slot
    PFC_ARRIVAL,    //!< a PFC frame has arrived; subject: packet, object: link that it came over
    PORT_FREE,      //!< a switch port's transmission ended; object: link
    NIC_FREE,       //!< a host port's transmission ended; object: link
    NIC_TIMER,      //!< a NIC's wake-up time; object: link
    FLOW_ARRIVAL,   //!< the flows of the next start time
    FLOW_DELAY,     //!< first of the two zero-delay events of a flow; subject: flow
    FLOW_START,     //!< creates the queue pair; subject: flow
    FLOW_DUE,       //!< creates the queue pair of a flow that waited for others; subject: flow
    CONTROL_TIMER,  //!< a timer of a congestion control; subject: timer, object: queue pair slot
    FLOW_RESUME,    //!< creates the queue pair of a flow in mid-transfer; subject: index of its progress
    LINK_CHANGE,    //!< a link goes down or comes up; subject: index of the change
    RETRANSMIT,     //!< retransmission timeout; object: queue pair slot
    FLOW_POSTED,    //!< an application posts a flow in a run of parts; subject: flow, object: the part that sets it off
    QUEUE_LOOK      //!< a look at all queues
};

/**
 * \ingroup m3-packet
 * 12 bytes, so that five share a cache line. Events of one time run in the order of their numbers.
 */
struct EngineEvent
{
    uint32_t number;        //!< its low 32 bits
    uint32_t subject;       //!< packet, timer, flow or change, by type
    uint32_t typeAndObject; //!< type, and link or queue pair slot

    static constexpr uint32_t OBJECT_BITS = 28; //!< links and queue pairs are fewer

    /// \return what typeAndObject holds
    static uint32_t TypeAndObject(EventType type, uint32_t object)
    {
        return static_cast<uint32_t>(type) << OBJECT_BITS | object;
    }

    /// What it does.
    EventType Type() const
    {
        return static_cast<EventType>(typeAndObject >> OBJECT_BITS);
    }

    /// Link or queue pair slot.
    uint32_t Object() const
    {
        return typeAndObject & ((1U << OBJECT_BITS) - 1);
    }
};

/**
 * \ingroup m3-packet
 * The engine's calendar: a ring with one slot per nanosecond for what is near, a heap for the rest. Insertion and
 * removal cost a few nanoseconds, where a heap of all events costs five times as much.
 *
 * Events are numbered in the order in which they are scheduled; ties of time go by number. A number may be taken early
 * and its event inserted later or never (a port-free event that nobody waits for).
 */
class EventWheel
{
  public:
    static constexpr int64_t NEVER = std::numeric_limits<int64_t>::max(); //!< time of no event

    /// \param horizonNs how far ahead most events are scheduled
    explicit EventWheel(int64_t horizonNs);

    /// Time of the events that run, ns; -1 before the first.
    int64_t Now() const
    {
        return m_now;
    }

    /// Number of the event that runs.
    uint64_t RunningNumber() const
    {
        return m_inPlace > 0 ? NumberOf(m_next[-1]) : m_running;
    }

    /// Returns how many numbers were taken, which is about the number of events that ran or will run.
    uint64_t Numbers() const
    {
        return m_nextNumber;
    }

    /// A number for an event that may be inserted later.
    uint64_t TakeNumber()
    {
        return m_nextNumber++;
    }

    /// \param timeNs not before Now() \return the event's number
    [[gnu::always_inline]] uint64_t Schedule(int64_t timeNs, EventType type, uint32_t subject, uint32_t object)
    {
        const uint64_t number = TakeNumber();
        const uint32_t what = EngineEvent::TypeAndObject(type, object);
        if (IsInRing(timeNs))
        {
            Append(static_cast<uint32_t>(timeNs) & m_mask, number, subject, what); // no number is larger
        }
        else
        {
            InsertElsewhere(timeNs, number, subject, what);
        }
        return number;
    }

    /// \param timeNs not before Now() \param number taken before, of no event that was inserted
    void InsertLate(int64_t timeNs, uint64_t number, EventType type, uint32_t subject, uint32_t object)
    {
        const uint32_t what = EngineEvent::TypeAndObject(type, object);
        if (IsInRing(timeNs))
        {
            const uint32_t place = static_cast<uint32_t>(timeNs) & m_mask;
            Append(place, number, subject, what);
            SortLast(place, {static_cast<uint32_t>(number), subject, what});
        }
        else
        {
            InsertElsewhere(timeNs, number, subject, what);
        }
    }

    /// Time of the earliest event that has not run, NEVER if there is none.
    int64_t NextTime() const
    {
        return std::min(NextRingTime(), m_nextFarNs);
    }

    /// Runs all events of a time, also those that are added to it meanwhile.
    /// \param time NextTime() \param run called with each event
    template <typename Run>
    void RunSlot(int64_t time, const Run& run)
    {
        m_now = time;
        const uint32_t place = static_cast<uint32_t>(time) & m_mask;
        m_words[place / 64] &= ~(uint64_t{1} << place % 64);
        m_inPlace = m_counts[place];
        m_counts[place] = 0;
        m_next = EventsOf(place, m_inPlace);
        m_end = m_next + m_inPlace;
        if (m_nextFarNs == time)
        {
            GatherRest();
            GatherFar();
        }
        while (m_next != m_end)
        {
            run(*m_next++);
        }
        m_inPlace = 0;
        for (m_position = 0; m_position < m_gathered.size();)
        {
            const NumberedEvent next = m_gathered[m_position++];
            m_running = next.number;
            run(next.event);
        }
        m_gathered.clear();
    }

  private:
    static constexpr uint32_t SLOT_EVENTS = 5;

    /// A few events of one time, in the order of their numbers.
    struct alignas(64) Slot
    {
        EngineEvent events[SLOT_EVENTS];
    };

    struct NumberedEvent
    {
        uint64_t number;
        EngineEvent event;

        bool operator<(const NumberedEvent& other) const
        {
            return number < other.number;
        }
    };

    struct FarEvent
    {
        int64_t timeNs;
        NumberedEvent numbered;

        bool operator<(const FarEvent& other) const // the earliest is the heap's largest
        {
            return timeNs != other.timeNs ? timeNs > other.timeNs : other.numbered < numbered;
        }
    };

    /// Order of two events of the ring, whose numbers are much less than 2^32 apart.
    static bool Earlier(const EngineEvent& a, const EngineEvent& b)
    {
        return static_cast<int32_t>(a.number - b.number) < 0;
    }

    /// Whole number of an event of the ring.
    uint64_t NumberOf(const EngineEvent& event) const
    {
        return m_nextNumber - static_cast<uint32_t>(static_cast<uint32_t>(m_nextNumber) - event.number);
    }

    bool IsInRing(int64_t timeNs) const
    {
        return timeNs > m_now && timeNs - m_now <= m_mask;
    }

    EngineEvent* EventsOf(uint32_t place, uint32_t count)
    {
        return count <= SLOT_EVENTS ? m_slots[place].events : m_large[place].data();
    }

    [[gnu::always_inline]] void Append(uint32_t place, uint64_t number, uint32_t subject, uint32_t what)
    {
        m_words[place / 64] |= uint64_t{1} << place % 64;
        const uint32_t index = m_counts[place]++;
        if (index < SLOT_EVENTS)
        {
            // field by field: a copy of a whole event would wait for its parts
            EngineEvent& event = m_slots[place].events[index];
            event.number = static_cast<uint32_t>(number);
            event.subject = subject;
            event.typeAndObject = what;
        }
        else
        {
            AppendToLarge(place, index, {static_cast<uint32_t>(number), subject, what});
        }
    }

    /// Whether the events of Now() run; else they have run, and those that are added make it the next time again.
    bool IsInSlot() const
    {
        return m_inPlace > 0 || !m_gathered.empty();
    }

    /// Moves the last event of a slot, which is given, before those with larger numbers.
    void SortLast(uint32_t place, const EngineEvent& last)
    {
        const uint32_t count = m_counts[place];
        EngineEvent* const events = EventsOf(place, count);
        uint32_t i = count - 1;
        for (; i > 0 && Earlier(last, events[i - 1]); i--)
        {
            events[i] = events[i - 1];
        }
        events[i].number = last.number;
        events[i].subject = last.subject;
        events[i].typeAndObject = last.typeAndObject;
    }

    void AppendToLarge(uint32_t place, uint32_t index, const EngineEvent& event);
    void InsertElsewhere(int64_t timeNs, uint64_t number, uint32_t subject, uint32_t what);
    void GatherRest();
    void GatherFar();

    /// \return the earliest time after Now() with events in the ring
    int64_t NextRingTime() const
    {
        const uint32_t start = static_cast<uint32_t>(m_now + 1) & m_mask;
        uint32_t word = start / 64;
        uint64_t bits = m_words[word] & (~uint64_t{0} << start % 64);
        const auto words = static_cast<uint32_t>(m_words.size());
        for (uint32_t i = 0; bits == 0; i++)
        {
            if (i == words)
            {
                return NEVER;
            }
            word = (word + 1) & (words - 1);
            bits = m_words[word];
        }
        const uint32_t place = word * 64 + static_cast<uint32_t>(__builtin_ctzll(bits));
        return m_now + 1 + ((place - start) & m_mask);
    }

    int64_t m_now = -1;
    uint64_t m_running = 0; //!< number of the event that runs, unless it is one of m_inPlace
    uint64_t m_nextNumber = 1;
    uint32_t m_mask;                               //!< slots - 1
    uint32_t m_inPlace = 0;                        //!< events of the slot that runs, while they are run where they are
    const EngineEvent* m_next = nullptr;           //!< that is run next of them
    const EngineEvent* m_end = nullptr;            //!< end of them
    std::vector<Slot> m_slots;                     //!< [time modulo slots]
    std::vector<uint32_t> m_counts;                //!< of events [slot]
    std::vector<uint64_t> m_words;                 //!< a bit per slot that has events
    std::vector<std::vector<EngineEvent>> m_large; //!< all events of a slot with more than SLOT_EVENTS
    std::size_t m_position = 0;                    //!< of the next event in m_gathered
    std::vector<NumberedEvent> m_gathered;         //!< of the slot that runs, where it is not run in place
    std::priority_queue<FarEvent> m_far;
    int64_t m_nextFarNs = NEVER; //!< of m_far
};

} // namespace ns3::m3

#endif // M3_EVENT_WHEEL_H
