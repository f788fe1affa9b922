--
-- PostgreSQL database dump
--


-- Dumped from database version 18.4
-- Dumped by pg_dump version 18.4

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: alembic_version; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);


--
-- Name: alerts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.alerts (
    clinic_id character varying(24) NOT NULL,
    patient_id character varying(24) NOT NULL,
    id character varying(24) NOT NULL,
    origin character varying NOT NULL,
    rule character varying NOT NULL,
    tier character varying NOT NULL,
    instrument character varying NOT NULL,
    item character varying NOT NULL,
    value integer NOT NULL,
    raised_at bigint NOT NULL,
    answered_at bigint NOT NULL,
    state character varying NOT NULL,
    historic boolean NOT NULL,
    check_in_id character varying,
    form_id character varying,
    source character varying,
    closed_at bigint,
    closed_by character varying,
    outcome character varying,
    note character varying
);


--
-- Name: audit_events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.audit_events (
    id integer NOT NULL,
    clinic_id character varying NOT NULL,
    at bigint NOT NULL,
    actor_id character varying NOT NULL,
    what character varying NOT NULL,
    about character varying,
    record character varying
);


--
-- Name: audit_events_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.audit_events_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: audit_events_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.audit_events_id_seq OWNED BY public.audit_events.id;


--
-- Name: check_ins; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.check_ins (
    clinic_id character varying(24) NOT NULL,
    patient_id character varying(24) NOT NULL,
    id character varying(24) NOT NULL,
    forms character varying NOT NULL,
    variant character varying,
    state character varying NOT NULL,
    opened_at bigint NOT NULL,
    closes_at bigint NOT NULL,
    sent_at bigint,
    language character varying NOT NULL,
    mode character varying NOT NULL,
    opened_by character varying NOT NULL,
    note character varying
);


--
-- Name: clinics; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.clinics (
    id character varying(24) NOT NULL,
    name character varying NOT NULL,
    zone character varying NOT NULL,
    country character varying NOT NULL,
    phone character varying NOT NULL,
    hours character varying NOT NULL,
    demo_built_at bigint
);


--
-- Name: contact_requests; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.contact_requests (
    clinic_id character varying(24) NOT NULL,
    patient_id character varying(24) NOT NULL,
    id character varying(24) NOT NULL,
    asked_at bigint NOT NULL,
    check_in_id character varying,
    done_at bigint,
    done_by character varying
);


--
-- Name: courses; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.courses (
    clinic_id character varying(24) NOT NULL,
    patient_id character varying(24) NOT NULL,
    id character varying(24) NOT NULL,
    phase character varying NOT NULL,
    started_at bigint NOT NULL,
    ended_at bigint,
    end_reason character varying
);


--
-- Name: follow_up_reviews; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.follow_up_reviews (
    clinic_id character varying(24) NOT NULL,
    patient_id character varying(24) NOT NULL,
    id character varying(24) NOT NULL,
    infusion_id character varying NOT NULL,
    reviewed_by character varying NOT NULL,
    reviewed_by_name character varying NOT NULL,
    reviewed_at bigint NOT NULL,
    disposition character varying NOT NULL,
    note character varying,
    seen_form_ids json NOT NULL,
    seen_alert_ids json NOT NULL
);


--
-- Name: given_answers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.given_answers (
    clinic_id character varying(24) NOT NULL,
    patient_id character varying(24) NOT NULL,
    check_in_id character varying(24) NOT NULL,
    instrument character varying NOT NULL,
    item character varying NOT NULL,
    revision integer NOT NULL,
    value integer NOT NULL,
    given_at bigint NOT NULL,
    given_by character varying NOT NULL
);


--
-- Name: infusions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.infusions (
    clinic_id character varying(24) NOT NULL,
    patient_id character varying(24) NOT NULL,
    id character varying(24) NOT NULL,
    course_id character varying NOT NULL,
    planned_at bigint NOT NULL,
    status character varying NOT NULL,
    started_at bigint,
    ended_at bigint,
    dose_mg double precision,
    weight_kg double precision,
    route character varying NOT NULL,
    substance character varying NOT NULL,
    reason character varying,
    given_by character varying,
    date_only boolean NOT NULL,
    recorded_at bigint,
    recorded_by character varying,
    version integer NOT NULL
);


--
-- Name: occasions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.occasions (
    clinic_id character varying(24) NOT NULL,
    patient_id character varying(24) NOT NULL,
    anchor_id character varying(24) NOT NULL,
    code character varying NOT NULL,
    course_id character varying NOT NULL,
    infusion_id character varying,
    forms character varying NOT NULL,
    target_at bigint NOT NULL,
    opens_at bigint NOT NULL,
    due_at bigint NOT NULL,
    closes_at bigint NOT NULL,
    applicable boolean NOT NULL,
    cancelled boolean NOT NULL
);


--
-- Name: patient_summaries; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.patient_summaries (
    clinic_id character varying(24) NOT NULL,
    patient_id character varying(24) NOT NULL,
    definitions_version character varying NOT NULL,
    summary json NOT NULL
);


--
-- Name: patients; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.patients (
    clinic_id character varying(24) NOT NULL,
    id character varying(24) NOT NULL,
    name character varying NOT NULL,
    born_on date,
    zone character varying,
    language character varying NOT NULL,
    status character varying NOT NULL,
    indications character varying NOT NULL,
    source character varying,
    source_id character varying,
    record_version integer NOT NULL
);


--
-- Name: people; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.people (
    clinic_id character varying(24) NOT NULL,
    id character varying(24) NOT NULL,
    login character varying NOT NULL,
    name character varying NOT NULL,
    roles character varying NOT NULL,
    password_hash character varying NOT NULL,
    patient_id character varying,
    active boolean NOT NULL,
    must_change_password boolean NOT NULL,
    created_at bigint NOT NULL
);


--
-- Name: sessions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sessions (
    clinic_id character varying(24) NOT NULL,
    token_digest character varying NOT NULL,
    person_id character varying NOT NULL,
    created_at bigint NOT NULL,
    last_seen_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    ended_at bigint
);


--
-- Name: sign_in_failures; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sign_in_failures (
    id integer NOT NULL,
    login_digest character varying NOT NULL,
    origin_digest character varying NOT NULL,
    at bigint NOT NULL
);


--
-- Name: sign_in_failures_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.sign_in_failures_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: sign_in_failures_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.sign_in_failures_id_seq OWNED BY public.sign_in_failures.id;


--
-- Name: stored_forms; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.stored_forms (
    clinic_id character varying(24) NOT NULL,
    patient_id character varying(24) NOT NULL,
    id character varying(24) NOT NULL,
    instrument character varying NOT NULL,
    instrument_version character varying NOT NULL,
    language character varying NOT NULL,
    answers json NOT NULL,
    total integer,
    scorer_version character varying NOT NULL,
    mode character varying NOT NULL,
    answered_at bigint NOT NULL,
    saved_at bigint NOT NULL,
    entered_by character varying NOT NULL,
    date_only boolean NOT NULL,
    opened_at bigint,
    variant character varying,
    check_in_id character varying,
    occasion character varying,
    source character varying,
    source_key character varying,
    version integer NOT NULL,
    replaces character varying,
    reason character varying,
    note character varying
);


--
-- Name: audit_events id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_events ALTER COLUMN id SET DEFAULT nextval('public.audit_events_id_seq'::regclass);


--
-- Name: sign_in_failures id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sign_in_failures ALTER COLUMN id SET DEFAULT nextval('public.sign_in_failures_id_seq'::regclass);


--
-- Data for Name: alembic_version; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.alembic_version VALUES
	('0001');


--
-- Data for Name: alerts; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.alerts VALUES
	('clinic', 'id000003', 'id000015', 'id000014', 'pulse_safety', 'immediate', 'pulse', 'safety', 1, 1777910435000000, 1777910435000000, 'open', false, 'id000014', NULL, NULL, NULL, NULL, NULL, NULL),
	('clinic', 'id000003', 'id000007', 'id000006', 'phq9_item9', 'immediate', 'phq9', '9', 2, 1777644045000000, 1777644045000000, 'closed', false, 'id000006', NULL, NULL, 1777910445000000, 'id000002', 'safety_plan', 'Plan written with Rosa.'),
	('clinic', 'id000003', 'id000023', 'id000022', 'pulse_safety', 'immediate', 'pulse', 'safety', 1, 1777996850000000, 1777996850000000, 'open', false, 'id000022', NULL, NULL, NULL, NULL, NULL, NULL),
	('clinic', 'id000025', 'id000029', 'id000028', 'phq9_item9', 'same_day', 'phq9', '9', 1, 1777996855000000, 1760364000000000, 'open', true, NULL, 'id000028', 'study', NULL, NULL, NULL, NULL);


--
-- Data for Name: audit_events; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.audit_events VALUES
	(1, 'clinic', 1777644000000000, 'operator', 'person.added', NULL, 'id000001'),
	(2, 'clinic', 1777644000000000, 'operator', 'person.added', NULL, 'id000002'),
	(3, 'clinic', 1777644000000000, 'id000002', 'session.started', NULL, NULL),
	(4, 'clinic', 1777644000000000, 'id000002', 'session.ended', NULL, NULL),
	(5, 'clinic', 1777644000000000, 'id000002', 'session.started', NULL, NULL),
	(6, 'clinic', 1777644000000000, 'operator', 'patient.registered', 'id000003', 'id000003'),
	(7, 'clinic', 1777644000000000, 'operator', 'person.added', NULL, 'id000004'),
	(8, 'clinic', 1777644000000000, 'operator', 'course.opened', 'id000003', 'id000005'),
	(9, 'clinic', 1777644000000000, 'id000004', 'check_in.opened', 'id000003', 'id000006'),
	(10, 'clinic', 1777644005000000, 'id000004', 'answer.given', 'id000003', 'id000006'),
	(11, 'clinic', 1777644010000000, 'id000004', 'answer.given', 'id000003', 'id000006'),
	(12, 'clinic', 1777644015000000, 'id000004', 'answer.given', 'id000003', 'id000006'),
	(13, 'clinic', 1777644020000000, 'id000004', 'answer.given', 'id000003', 'id000006'),
	(14, 'clinic', 1777644025000000, 'id000004', 'answer.given', 'id000003', 'id000006'),
	(15, 'clinic', 1777644030000000, 'id000004', 'answer.given', 'id000003', 'id000006'),
	(16, 'clinic', 1777644035000000, 'id000004', 'answer.given', 'id000003', 'id000006'),
	(17, 'clinic', 1777644040000000, 'id000004', 'answer.given', 'id000003', 'id000006'),
	(18, 'clinic', 1777644045000000, 'id000004', 'answer.given', 'id000003', 'id000006'),
	(19, 'clinic', 1777644045000000, 'id000004', 'alert.raised', 'id000003', 'id000007'),
	(20, 'clinic', 1777644050000000, 'id000004', 'answer.given', 'id000003', 'id000006'),
	(21, 'clinic', 1777644055000000, 'id000004', 'answer.given', 'id000003', 'id000006'),
	(22, 'clinic', 1777644060000000, 'id000004', 'answer.given', 'id000003', 'id000006'),
	(23, 'clinic', 1777644065000000, 'id000004', 'answer.given', 'id000003', 'id000006'),
	(24, 'clinic', 1777644070000000, 'id000004', 'answer.given', 'id000003', 'id000006'),
	(25, 'clinic', 1777644075000000, 'id000004', 'answer.given', 'id000003', 'id000006'),
	(26, 'clinic', 1777644080000000, 'id000004', 'answer.given', 'id000003', 'id000006'),
	(27, 'clinic', 1777644085000000, 'id000004', 'check_in.sent', 'id000003', 'id000006'),
	(28, 'clinic', 1777644085000000, 'id000004', 'form.stored', 'id000003', 'id000008'),
	(29, 'clinic', 1777644085000000, 'id000004', 'form.stored', 'id000003', 'id000010'),
	(30, 'clinic', 1777824000000000, 'operator', 'infusion.planned', 'id000003', 'id000011'),
	(31, 'clinic', 1777824000000000, 'operator', 'infusion.recorded', 'id000003', 'id000011'),
	(32, 'clinic', 1777824000000000, 'id000002', 'rating.recorded', 'id000003', 'id000013'),
	(33, 'clinic', 1777910400000000, 'id000004', 'check_in.opened', 'id000003', 'id000014'),
	(34, 'clinic', 1777910405000000, 'id000004', 'answer.given', 'id000003', 'id000014'),
	(35, 'clinic', 1777910410000000, 'id000004', 'answer.given', 'id000003', 'id000014'),
	(36, 'clinic', 1777910415000000, 'id000004', 'answer.given', 'id000003', 'id000014'),
	(37, 'clinic', 1777910420000000, 'id000004', 'answer.given', 'id000003', 'id000014'),
	(38, 'clinic', 1777910425000000, 'id000004', 'answer.given', 'id000003', 'id000014'),
	(39, 'clinic', 1777910430000000, 'id000004', 'answer.given', 'id000003', 'id000014'),
	(40, 'clinic', 1777910435000000, 'id000004', 'answer.given', 'id000003', 'id000014'),
	(41, 'clinic', 1777910435000000, 'id000004', 'alert.raised', 'id000003', 'id000015'),
	(42, 'clinic', 1777910440000000, 'id000004', 'answer.given', 'id000003', 'id000014'),
	(43, 'clinic', 1777910440000000, 'id000004', 'call.asked', 'id000003', 'id000014'),
	(44, 'clinic', 1777910445000000, 'id000004', 'check_in.note_saved', 'id000003', 'id000014'),
	(45, 'clinic', 1777910445000000, 'id000004', 'check_in.sent', 'id000003', 'id000014'),
	(46, 'clinic', 1777910445000000, 'id000004', 'form.stored', 'id000003', 'id000017'),
	(47, 'clinic', 1777910445000000, 'id000002', 'follow_up.reviewed', 'id000003', 'id000019'),
	(48, 'clinic', 1777910445000000, 'operator', 'infusion.planned', 'id000003', 'id000020'),
	(49, 'clinic', 1777910445000000, 'operator', 'infusion.planned', 'id000003', 'id000021'),
	(50, 'clinic', 1777910445000000, 'operator', 'infusion.cancelled', 'id000003', 'id000021'),
	(51, 'clinic', 1777910445000000, 'id000002', 'alert.closed', 'id000003', 'id000007'),
	(52, 'clinic', 1777996845000000, 'id000004', 'check_in.opened', 'id000003', 'id000022'),
	(53, 'clinic', 1777996850000000, 'id000004', 'answer.given', 'id000003', 'id000022'),
	(54, 'clinic', 1777996850000000, 'id000004', 'alert.raised', 'id000003', 'id000023'),
	(55, 'clinic', 1777996855000000, 'id000004', 'answer.changed', 'id000003', 'id000022'),
	(56, 'clinic', 1777996855000000, 'operator', 'patient.registered', 'id000025', 'id000025'),
	(57, 'clinic', 1777996855000000, 'operator', 'course.imported', 'id000025', 'id000026'),
	(58, 'clinic', 1777996855000000, 'operator', 'infusion.imported', 'id000025', 'id000027'),
	(59, 'clinic', 1777996855000000, 'operator', 'form.imported', 'id000025', 'id000028'),
	(60, 'clinic', 1777996855000000, 'operator', 'alert.raised', 'id000025', 'id000029'),
	(61, 'clinic', 1777996855000000, 'operator', 'patient.registered', 'id000030', 'id000030'),
	(62, 'clinic', 1777996855000000, 'operator', 'person.added', NULL, 'id000031'),
	(63, 'clinic', 1777996855000000, 'id000031', 'call.asked', 'id000030', NULL),
	(64, 'clinic', 1777996855000000, 'id000002', 'call.made', 'id000030', NULL),
	(65, 'clinic', 1777996855000000, 'id000002', 'patient.paused', 'id000030', 'id000030');


--
-- Data for Name: check_ins; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.check_ins VALUES
	('clinic', 'id000003', 'id000006', 'phq9 gad7', NULL, 'sent', 1777644000000000, 1777816800000000, 1777644085000000, 'en', 'remote', 'id000004', NULL),
	('clinic', 'id000003', 'id000014', 'pulse', 'after', 'sent', 1777910400000000, 1777950000000000, 1777910445000000, 'en', 'remote', 'id000004', 'Slept well; it''s ''better''.'),
	('clinic', 'id000003', 'id000022', 'pulse', 'after', 'open', 1777996845000000, 1778036400000000, NULL, 'en', 'remote', 'id000004', NULL);


--
-- Data for Name: clinics; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.clinics VALUES
	('clinic', 'Example Clinic', 'America/New_York', 'US', '555-0100', 'Mon-Fri 9-17', NULL);


--
-- Data for Name: contact_requests; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.contact_requests VALUES
	('clinic', 'id000003', 'id000016', 1777910440000000, 'id000014', NULL, NULL),
	('clinic', 'id000030', 'id000032', 1777996855000000, NULL, 1777996855000000, 'id000002');


--
-- Data for Name: courses; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.courses VALUES
	('clinic', 'id000003', 'id000005', 'induction', 1777816800000000, NULL, NULL),
	('clinic', 'id000025', 'id000026', 'induction', 1760450400000000, 1760454000000000, 'over before it was imported');


--
-- Data for Name: follow_up_reviews; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.follow_up_reviews VALUES
	('clinic', 'id000003', 'id000019', 'id000011', 'id000002', 'Ana Madeup', 1777910445000000, 'contacted', 'Called; doing well.', '["id000008", "id000010", "id000012", "id000013", "id000017"]', '["id000007", "id000015"]');


--
-- Data for Name: given_answers; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.given_answers VALUES
	('clinic', 'id000003', 'id000006', 'phq9', '1', 1, 2, 1777644005000000, 'id000004'),
	('clinic', 'id000003', 'id000006', 'phq9', '2', 1, 2, 1777644010000000, 'id000004'),
	('clinic', 'id000003', 'id000006', 'phq9', '3', 1, 2, 1777644015000000, 'id000004'),
	('clinic', 'id000003', 'id000006', 'phq9', '4', 1, 2, 1777644020000000, 'id000004'),
	('clinic', 'id000003', 'id000006', 'phq9', '5', 1, 2, 1777644025000000, 'id000004'),
	('clinic', 'id000003', 'id000006', 'phq9', '6', 1, 2, 1777644030000000, 'id000004'),
	('clinic', 'id000003', 'id000006', 'phq9', '7', 1, 2, 1777644035000000, 'id000004'),
	('clinic', 'id000003', 'id000006', 'phq9', '8', 1, 2, 1777644040000000, 'id000004'),
	('clinic', 'id000003', 'id000006', 'phq9', '9', 1, 2, 1777644045000000, 'id000004'),
	('clinic', 'id000003', 'id000006', 'gad7', '1', 1, 2, 1777644050000000, 'id000004'),
	('clinic', 'id000003', 'id000006', 'gad7', '2', 1, 2, 1777644055000000, 'id000004'),
	('clinic', 'id000003', 'id000006', 'gad7', '3', 1, 2, 1777644060000000, 'id000004'),
	('clinic', 'id000003', 'id000006', 'gad7', '4', 1, 2, 1777644065000000, 'id000004'),
	('clinic', 'id000003', 'id000006', 'gad7', '5', 1, 2, 1777644070000000, 'id000004'),
	('clinic', 'id000003', 'id000006', 'gad7', '6', 1, 2, 1777644075000000, 'id000004'),
	('clinic', 'id000003', 'id000006', 'gad7', '7', 1, 2, 1777644080000000, 'id000004'),
	('clinic', 'id000003', 'id000014', 'pulse', 'interest', 1, 1, 1777910405000000, 'id000004'),
	('clinic', 'id000003', 'id000014', 'pulse', 'low_mood', 1, 1, 1777910410000000, 'id000004'),
	('clinic', 'id000003', 'id000014', 'pulse', 'nervous', 1, 1, 1777910415000000, 'id000004'),
	('clinic', 'id000003', 'id000014', 'pulse', 'worry', 1, 1, 1777910420000000, 'id000004'),
	('clinic', 'id000003', 'id000014', 'pulse', 'change', 1, 1, 1777910425000000, 'id000004'),
	('clinic', 'id000003', 'id000014', 'pulse', 'side_effects', 1, 1, 1777910430000000, 'id000004'),
	('clinic', 'id000003', 'id000014', 'pulse', 'safety', 1, 1, 1777910435000000, 'id000004'),
	('clinic', 'id000003', 'id000014', 'pulse', 'call', 1, 1, 1777910440000000, 'id000004'),
	('clinic', 'id000003', 'id000022', 'pulse', 'safety', 1, 1, 1777996850000000, 'id000004'),
	('clinic', 'id000003', 'id000022', 'pulse', 'safety', 2, 0, 1777996855000000, 'id000004');


--
-- Data for Name: infusions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.infusions VALUES
	('clinic', 'id000003', 'id000011', 'id000005', 1777816800000000, 'given', 1777816800000000, 1777820400000000, 40, 80, 'IV', 'ketamine', NULL, 'operator', false, 1777824000000000, 'operator', 2),
	('clinic', 'id000003', 'id000020', 'id000005', 1778083245000000, 'planned', NULL, NULL, NULL, NULL, 'IV', 'ketamine', NULL, NULL, false, 1777910445000000, 'operator', 1),
	('clinic', 'id000003', 'id000021', 'id000005', 1778256045000000, 'cancelled', NULL, NULL, NULL, NULL, 'IV', 'ketamine', 'travels', NULL, false, 1777910445000000, 'operator', 2),
	('clinic', 'id000025', 'id000027', 'id000026', 1760450400000000, 'given', NULL, NULL, NULL, NULL, 'IV', 'ketamine', NULL, NULL, true, 1777996855000000, 'operator', 1);


--
-- Data for Name: occasions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.occasions VALUES
	('clinic', 'id000003', 'id000005', 'baseline', 'id000005', NULL, 'phq9 gad7', 1777816800000000, 1776607200000000, 1777644000000000, 1777816800000000, true, false),
	('clinic', 'id000003', 'id000005', 'weekly-1', 'id000005', NULL, 'phq9 gad7', 1778421600000000, 1778248800000000, 1778421600000000, 1778594400000000, true, false),
	('clinic', 'id000003', 'id000011', 'pre_infusion', 'id000005', 'id000011', 'pulse', 1777816800000000, 1777730400000000, 1777802400000000, 1777816800000000, true, false),
	('clinic', 'id000003', 'id000011', '24h', 'id000005', 'id000011', 'pulse', 1777906800000000, 1777906800000000, 1777906800000000, 1777950000000000, true, false),
	('clinic', 'id000003', 'id000011', '48h', 'id000005', 'id000011', 'pulse', 1777993200000000, 1777950000000000, 1777993200000000, 1778036400000000, true, false),
	('clinic', 'id000003', 'id000011', '72h', 'id000005', 'id000011', 'pulse', 1778079600000000, 1778036400000000, 1778079600000000, 1778083245000000, true, false),
	('clinic', 'id000003', 'id000020', 'pre_infusion', 'id000005', 'id000020', 'pulse', 1778083245000000, 1777996845000000, 1778068845000000, 1778083245000000, true, false),
	('clinic', 'id000003', 'id000020', '24h', 'id000005', 'id000020', 'pulse', 1778173245000000, 1778173245000000, 1778173245000000, 1778216445000000, true, false),
	('clinic', 'id000003', 'id000005', 'weekly-2', 'id000005', NULL, 'phq9 gad7', 1779026400000000, 1778853600000000, 1779026400000000, 1779199200000000, true, false),
	('clinic', 'id000003', 'id000005', 'index', 'id000005', 'id000020', 'phq9 gad7', 1780765245000000, 1779296445000000, 1779901245000000, 1780765245000000, true, false),
	('clinic', 'id000003', 'id000020', '48h', 'id000005', 'id000020', 'pulse', 1778259645000000, 1778216445000000, 1778259645000000, 1778302845000000, true, false),
	('clinic', 'id000003', 'id000020', '72h', 'id000005', 'id000020', 'pulse', 1778346045000000, 1778302845000000, 1778346045000000, 1778389245000000, true, false),
	('clinic', 'id000003', 'id000021', '24h', 'id000005', 'id000021', 'pulse', 1778346045000000, 1778346045000000, 1778346045000000, 1778389245000000, true, true),
	('clinic', 'id000003', 'id000021', '48h', 'id000005', 'id000021', 'pulse', 1778432445000000, 1778389245000000, 1778432445000000, 1778475645000000, true, true),
	('clinic', 'id000003', 'id000021', '72h', 'id000005', 'id000021', 'pulse', 1778518845000000, 1778475645000000, 1778518845000000, 1778562045000000, true, true),
	('clinic', 'id000003', 'id000021', 'pre_infusion', 'id000005', 'id000021', 'pulse', 1778256045000000, 1778169645000000, 1778241645000000, 1778256045000000, true, true);


--
-- Data for Name: patient_summaries; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.patient_summaries VALUES
	('clinic', 'id000003', '2:8445223cbbb7a2a3', '{"latest": {"phq9": {"total": 18, "answered_at": "2026-05-01T14:01:25Z", "baseline": null, "change": null, "response": null}, "gad7": {"total": 15, "answered_at": "2026-05-01T14:01:25Z", "baseline": null, "change": null, "response": null}, "madrs": {"total": 31, "answered_at": "2026-05-03T16:00:00Z", "baseline": null, "change": null, "response": null}, "pulse": {"total": 4, "answered_at": "2026-05-04T16:00:45Z", "baseline": null, "change": null, "response": null}}, "last_answered_at": "2026-05-04T16:00:45Z", "treated": 1, "last_infusion_ended_at": "2026-05-03T15:00:00Z", "awaited": ["2026-05-06T16:00:45Z"], "waiting": {"id000020": "2026-05-06T19:00:45Z", "id000011": "2026-05-03T15:00:00Z"}, "reviews_due": [], "open_alerts": 2, "highest_tier": "immediate", "alert_since": "2026-05-04T16:00:35Z", "call_asked_at": "2026-05-04T16:00:40Z", "safety_not_answered": false, "rises": []}'),
	('clinic', 'id000025', '2:8445223cbbb7a2a3', '{"latest": {"phq9": {"total": 9, "answered_at": "2025-10-13T14:00:00Z", "baseline": null, "change": null, "response": null}}, "last_answered_at": "2025-10-13T14:00:00Z", "treated": 1, "last_infusion_ended_at": "2025-10-14T15:00:00Z", "awaited": [], "waiting": {}, "reviews_due": [], "open_alerts": 0, "highest_tier": null, "alert_since": null, "call_asked_at": null, "safety_not_answered": false, "rises": []}'),
	('clinic', 'id000030', '2:8445223cbbb7a2a3', '{"latest": {}, "last_answered_at": null, "treated": 0, "last_infusion_ended_at": null, "awaited": [], "waiting": {}, "reviews_due": [], "open_alerts": 0, "highest_tier": null, "alert_since": null, "call_asked_at": null, "safety_not_answered": false, "rises": []}');


--
-- Data for Name: patients; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.patients VALUES
	('clinic', 'id000003', 'Rosa Ünreal', '1980-02-29', 'America/Chicago', 'en', 'active', 'anxiety depression', NULL, NULL, 19),
	('clinic', 'id000025', 'Person 17 (study)', '1971-07-07', NULL, 'en', 'active', '', 'study', '17', 1),
	('clinic', 'id000030', 'Otto Fictional', NULL, NULL, 'en', 'paused', '', NULL, NULL, 3);


--
-- Data for Name: people; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.people VALUES
	('clinic', 'id000001', 'admin@clinic', 'admin@clinic', 'administrator', 'no password opens this', NULL, true, false, 1777644000000000),
	('clinic', 'id000002', 'ana', 'Ana Madeup', 'clinician', '$argon2id$v=19$m=8,t=1,p=1$y7bpx0rhQourPamKtQW/2Q$c2CN5FhxtM6U36rBCqgpis6VyGxhQGLhnuTxUydkayg', NULL, true, false, 1777644000000000),
	('clinic', 'id000004', 'id000003@clinic', 'id000003@clinic', 'patient', 'no password opens this', 'id000003', true, false, 1777644000000000),
	('clinic', 'id000031', 'id000030@clinic', 'id000030@clinic', 'patient', 'no password opens this', 'id000030', true, false, 1777996855000000);


--
-- Data for Name: sessions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.sessions VALUES
	('clinic', '44a01b619279f08dd2a8dc618dd77c6ed63c991cc7d29b76745e24fa3f635a92', 'id000002', 1777644000000000, 1777644000000000, 1777687200000000, 1777644000000000),
	('clinic', '02e7ed2bb02da228f91db943013543fa59e3e975f0fc95d3b4067ed7e67a838f', 'id000002', 1777644000000000, 1777644000000000, 1777687200000000, NULL);


--
-- Data for Name: sign_in_failures; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.sign_in_failures VALUES
	(3, '24d4b96f58da6d4a8512313bbd02a28ebf0ca95dec6e4c86ef78ce7f01e788ac', '8edef722c5fe12d54075ac1033d1e73e6ddcfb564c7453dd4b665106bd917323', 1777644000000000);


--
-- Data for Name: stored_forms; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.stored_forms VALUES
	('clinic', 'id000003', 'id000008', 'phq9', '1', 'en', '{"1": 2, "2": 2, "3": 2, "4": 2, "5": 2, "6": 2, "7": 2, "8": 2, "9": 2}', 18, '1', 'remote', 1777644085000000, 1777644085000000, 'id000004', false, 1777644000000000, NULL, 'id000006', NULL, NULL, NULL, 1, NULL, NULL, NULL),
	('clinic', 'id000003', 'id000010', 'gad7', '1', 'en', '{"1": 2, "2": 2, "3": 2, "4": 2, "5": 2, "6": 2, "7": 2}', 14, '1', 'remote', 1777644085000000, 1777644085000000, 'id000004', false, 1777644000000000, NULL, 'id000006', NULL, NULL, NULL, 1, NULL, NULL, NULL),
	('clinic', 'id000003', 'id000012', 'gad7', '1', 'en', '{"1": 3, "2": 2, "3": 2, "4": 2, "5": 2, "6": 2, "7": 2}', 15, '1', 'on_paper', 1777644085000000, 1777824000000000, 'id000002', false, NULL, NULL, 'id000006', NULL, NULL, NULL, 2, 'id000010', 'misread the paper', NULL),
	('clinic', 'id000003', 'id000013', 'madrs', '1', 'en', '{}', 31, '1', 'in_person', 1777824000000000, 1777824000000000, 'id000002', false, NULL, NULL, NULL, NULL, NULL, NULL, 1, NULL, NULL, NULL),
	('clinic', 'id000003', 'id000017', 'pulse', '1', 'en', '{"interest": 1, "low_mood": 1, "nervous": 1, "worry": 1, "change": 1, "side_effects": 1, "safety": 1, "call": 1}', 4, '1', 'remote', 1777910445000000, 1777910445000000, 'id000004', false, 1777910400000000, 'after', 'id000014', NULL, NULL, NULL, 1, NULL, NULL, 'Slept well; it''s ''better''.'),
	('clinic', 'id000025', 'id000028', 'phq9', '1', 'en', '{"1": 1, "2": 1, "3": 1, "4": 1, "5": 1, "6": 1, "7": 1, "8": 1, "9": 1}', 9, '1', 'imported', 1760364000000000, 1777996855000000, 'operator', true, NULL, NULL, NULL, 'baseline', 'study', 'study/17/phq9/day 0', 1, NULL, NULL, NULL);


--
-- Name: audit_events_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.audit_events_id_seq', 65, true);


--
-- Name: sign_in_failures_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.sign_in_failures_id_seq', 3, true);


--
-- Name: alembic_version alembic_version_pkc; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);


--
-- Name: alerts pk_alerts; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT pk_alerts PRIMARY KEY (clinic_id, id);


--
-- Name: audit_events pk_audit_events; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_events
    ADD CONSTRAINT pk_audit_events PRIMARY KEY (id);


--
-- Name: check_ins pk_check_ins; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.check_ins
    ADD CONSTRAINT pk_check_ins PRIMARY KEY (clinic_id, id);


--
-- Name: clinics pk_clinics; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.clinics
    ADD CONSTRAINT pk_clinics PRIMARY KEY (id);


--
-- Name: contact_requests pk_contact_requests; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.contact_requests
    ADD CONSTRAINT pk_contact_requests PRIMARY KEY (clinic_id, id);


--
-- Name: courses pk_courses; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.courses
    ADD CONSTRAINT pk_courses PRIMARY KEY (clinic_id, id);


--
-- Name: follow_up_reviews pk_follow_up_reviews; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.follow_up_reviews
    ADD CONSTRAINT pk_follow_up_reviews PRIMARY KEY (clinic_id, id);


--
-- Name: given_answers pk_given_answers; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.given_answers
    ADD CONSTRAINT pk_given_answers PRIMARY KEY (clinic_id, check_in_id, instrument, item, revision);


--
-- Name: infusions pk_infusions; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.infusions
    ADD CONSTRAINT pk_infusions PRIMARY KEY (clinic_id, id);


--
-- Name: occasions pk_occasions; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.occasions
    ADD CONSTRAINT pk_occasions PRIMARY KEY (clinic_id, patient_id, anchor_id, code);


--
-- Name: patient_summaries pk_patient_summaries; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.patient_summaries
    ADD CONSTRAINT pk_patient_summaries PRIMARY KEY (clinic_id, patient_id);


--
-- Name: patients pk_patients; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.patients
    ADD CONSTRAINT pk_patients PRIMARY KEY (clinic_id, id);


--
-- Name: people pk_people; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.people
    ADD CONSTRAINT pk_people PRIMARY KEY (clinic_id, id);


--
-- Name: sessions pk_sessions; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT pk_sessions PRIMARY KEY (clinic_id, token_digest);


--
-- Name: sign_in_failures pk_sign_in_failures; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sign_in_failures
    ADD CONSTRAINT pk_sign_in_failures PRIMARY KEY (id);


--
-- Name: stored_forms pk_stored_forms; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stored_forms
    ADD CONSTRAINT pk_stored_forms PRIMARY KEY (clinic_id, id);


--
-- Name: alerts uq_alerts_clinic_id_origin_rule_item_value_answered_at; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT uq_alerts_clinic_id_origin_rule_item_value_answered_at UNIQUE (clinic_id, origin, rule, item, value, answered_at);


--
-- Name: contact_requests uq_contact_requests_clinic_id_check_in_id; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.contact_requests
    ADD CONSTRAINT uq_contact_requests_clinic_id_check_in_id UNIQUE (clinic_id, check_in_id);


--
-- Name: patients uq_patients_clinic_id_source_source_id; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.patients
    ADD CONSTRAINT uq_patients_clinic_id_source_source_id UNIQUE (clinic_id, source, source_id);


--
-- Name: people uq_people_login; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.people
    ADD CONSTRAINT uq_people_login UNIQUE (login);


--
-- Name: sessions uq_sessions_token_digest; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT uq_sessions_token_digest UNIQUE (token_digest);


--
-- Name: stored_forms uq_stored_forms_clinic_id_check_in_id_instrument_version; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stored_forms
    ADD CONSTRAINT uq_stored_forms_clinic_id_check_in_id_instrument_version UNIQUE (clinic_id, check_in_id, instrument, version);


--
-- Name: stored_forms uq_stored_forms_clinic_id_replaces; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stored_forms
    ADD CONSTRAINT uq_stored_forms_clinic_id_replaces UNIQUE (clinic_id, replaces);


--
-- Name: stored_forms uq_stored_forms_clinic_id_source_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stored_forms
    ADD CONSTRAINT uq_stored_forms_clinic_id_source_key UNIQUE (clinic_id, source_key);


--
-- Name: ix_alerts_clinic_id_patient_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_alerts_clinic_id_patient_id ON public.alerts USING btree (clinic_id, patient_id);


--
-- Name: ix_alerts_clinic_id_state_historic; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_alerts_clinic_id_state_historic ON public.alerts USING btree (clinic_id, state, historic);


--
-- Name: ix_audit_events_clinic_id_about_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_audit_events_clinic_id_about_at ON public.audit_events USING btree (clinic_id, about, at);


--
-- Name: ix_audit_events_clinic_id_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_audit_events_clinic_id_at ON public.audit_events USING btree (clinic_id, at);


--
-- Name: ix_check_ins_clinic_id_patient_id_opened_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_check_ins_clinic_id_patient_id_opened_at ON public.check_ins USING btree (clinic_id, patient_id, opened_at);


--
-- Name: ix_courses_clinic_id_patient_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_courses_clinic_id_patient_id ON public.courses USING btree (clinic_id, patient_id);


--
-- Name: ix_follow_up_reviews_clinic_id_infusion_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_follow_up_reviews_clinic_id_infusion_id ON public.follow_up_reviews USING btree (clinic_id, infusion_id);


--
-- Name: ix_infusions_clinic_id_patient_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_infusions_clinic_id_patient_id ON public.infusions USING btree (clinic_id, patient_id);


--
-- Name: ix_infusions_clinic_id_planned_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_infusions_clinic_id_planned_at ON public.infusions USING btree (clinic_id, planned_at);


--
-- Name: ix_occasions_clinic_id_closes_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_occasions_clinic_id_closes_at ON public.occasions USING btree (clinic_id, closes_at);


--
-- Name: ix_sessions_person_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_sessions_person_id ON public.sessions USING btree (clinic_id, person_id);


--
-- Name: ix_sign_in_failures_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_sign_in_failures_at ON public.sign_in_failures USING btree (at);


--
-- Name: ix_sign_in_failures_login_digest_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_sign_in_failures_login_digest_at ON public.sign_in_failures USING btree (login_digest, at);


--
-- Name: ix_stored_forms_clinic_id_answered_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_stored_forms_clinic_id_answered_at ON public.stored_forms USING btree (clinic_id, answered_at);


--
-- Name: ix_stored_forms_clinic_id_patient_id_answered_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_stored_forms_clinic_id_patient_id_answered_at ON public.stored_forms USING btree (clinic_id, patient_id, answered_at);


--
-- Name: uq_check_ins_one_open; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX uq_check_ins_one_open ON public.check_ins USING btree (clinic_id, patient_id, forms) WHERE ((state)::text = 'open'::text);


--
-- Name: alerts fk_alerts_clinic_id_patient_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT fk_alerts_clinic_id_patient_id FOREIGN KEY (clinic_id, patient_id) REFERENCES public.patients(clinic_id, id);


--
-- Name: audit_events fk_audit_events_clinic_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_events
    ADD CONSTRAINT fk_audit_events_clinic_id FOREIGN KEY (clinic_id) REFERENCES public.clinics(id);


--
-- Name: check_ins fk_check_ins_clinic_id_patient_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.check_ins
    ADD CONSTRAINT fk_check_ins_clinic_id_patient_id FOREIGN KEY (clinic_id, patient_id) REFERENCES public.patients(clinic_id, id);


--
-- Name: contact_requests fk_contact_requests_clinic_id_patient_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.contact_requests
    ADD CONSTRAINT fk_contact_requests_clinic_id_patient_id FOREIGN KEY (clinic_id, patient_id) REFERENCES public.patients(clinic_id, id);


--
-- Name: courses fk_courses_clinic_id_patient_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.courses
    ADD CONSTRAINT fk_courses_clinic_id_patient_id FOREIGN KEY (clinic_id, patient_id) REFERENCES public.patients(clinic_id, id);


--
-- Name: follow_up_reviews fk_follow_up_reviews_clinic_id_infusion_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.follow_up_reviews
    ADD CONSTRAINT fk_follow_up_reviews_clinic_id_infusion_id FOREIGN KEY (clinic_id, infusion_id) REFERENCES public.infusions(clinic_id, id);


--
-- Name: follow_up_reviews fk_follow_up_reviews_clinic_id_patient_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.follow_up_reviews
    ADD CONSTRAINT fk_follow_up_reviews_clinic_id_patient_id FOREIGN KEY (clinic_id, patient_id) REFERENCES public.patients(clinic_id, id);


--
-- Name: given_answers fk_given_answers_clinic_id_check_in_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.given_answers
    ADD CONSTRAINT fk_given_answers_clinic_id_check_in_id FOREIGN KEY (clinic_id, check_in_id) REFERENCES public.check_ins(clinic_id, id);


--
-- Name: given_answers fk_given_answers_clinic_id_patient_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.given_answers
    ADD CONSTRAINT fk_given_answers_clinic_id_patient_id FOREIGN KEY (clinic_id, patient_id) REFERENCES public.patients(clinic_id, id);


--
-- Name: infusions fk_infusions_clinic_id_course_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.infusions
    ADD CONSTRAINT fk_infusions_clinic_id_course_id FOREIGN KEY (clinic_id, course_id) REFERENCES public.courses(clinic_id, id);


--
-- Name: infusions fk_infusions_clinic_id_patient_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.infusions
    ADD CONSTRAINT fk_infusions_clinic_id_patient_id FOREIGN KEY (clinic_id, patient_id) REFERENCES public.patients(clinic_id, id);


--
-- Name: occasions fk_occasions_clinic_id_course_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.occasions
    ADD CONSTRAINT fk_occasions_clinic_id_course_id FOREIGN KEY (clinic_id, course_id) REFERENCES public.courses(clinic_id, id);


--
-- Name: occasions fk_occasions_clinic_id_patient_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.occasions
    ADD CONSTRAINT fk_occasions_clinic_id_patient_id FOREIGN KEY (clinic_id, patient_id) REFERENCES public.patients(clinic_id, id);


--
-- Name: patient_summaries fk_patient_summaries_clinic_id_patient_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.patient_summaries
    ADD CONSTRAINT fk_patient_summaries_clinic_id_patient_id FOREIGN KEY (clinic_id, patient_id) REFERENCES public.patients(clinic_id, id);


--
-- Name: patients fk_patients_clinic_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.patients
    ADD CONSTRAINT fk_patients_clinic_id FOREIGN KEY (clinic_id) REFERENCES public.clinics(id);


--
-- Name: people fk_people_clinic_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.people
    ADD CONSTRAINT fk_people_clinic_id FOREIGN KEY (clinic_id) REFERENCES public.clinics(id);


--
-- Name: sessions fk_sessions_clinic_id_person_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT fk_sessions_clinic_id_person_id FOREIGN KEY (clinic_id, person_id) REFERENCES public.people(clinic_id, id);


--
-- Name: stored_forms fk_stored_forms_clinic_id_check_in_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stored_forms
    ADD CONSTRAINT fk_stored_forms_clinic_id_check_in_id FOREIGN KEY (clinic_id, check_in_id) REFERENCES public.check_ins(clinic_id, id);


--
-- Name: stored_forms fk_stored_forms_clinic_id_patient_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.stored_forms
    ADD CONSTRAINT fk_stored_forms_clinic_id_patient_id FOREIGN KEY (clinic_id, patient_id) REFERENCES public.patients(clinic_id, id);


--
-- PostgreSQL database dump complete
--


